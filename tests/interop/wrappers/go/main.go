// Go's net/smtp, all messages on one connection. The package has no limits; what could be had is a
// deadline on the connection, which is one for everything, and not what its examples show.
package main

import (
	"fmt"
	"net/smtp"
	"os"
	"strings"
)

func send(centre *smtp.Client, file string) error {
	message, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if err := centre.Mail(os.Getenv("NACCS_FROM")); err != nil {
		return err
	}
	for _, recipient := range strings.Split(os.Getenv("NACCS_TO"), ",") {
		if err := centre.Rcpt(recipient); err != nil {
			return err
		}
	}
	writer, err := centre.Data()
	if err != nil {
		return err
	}
	if _, err := writer.Write(message); err != nil {
		return err
	}
	return writer.Close()
}

func run() int {
	centre, err := smtp.Dial(os.Getenv("NACCS_HOST") + ":" + os.Getenv("NACCS_PORT"))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer centre.Close()
	if err := centre.Hello(os.Getenv("NACCS_HELO")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	status := 0
	for _, file := range os.Args[1:] {
		if err := send(centre, file); err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", file, err)
			status = 1
			if err := centre.Reset(); err != nil {
				break
			}
		}
	}
	if err := centre.Quit(); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	return status
}

func main() {
	os.Exit(run())
}
