<?php
// PHPMailer's SMTP class, one connection: HOST PORT COUNT; prints how many messages a second.
require '/usr/share/php/libphp-phpmailer/autoload.php';
use PHPMailer\PHPMailer\SMTP;

[, $host, $port, $count] = $argv;
$message = "From: a@b.example\r\nSubject: load\r\n\r\n" . str_repeat(str_repeat('X', 78) . "\r\n", 12);
$smtp = new SMTP();
$smtp->connect($host, (int) $port) && $smtp->hello('b.example') or die("no connection\n");
$begun = microtime(true);
for ($i = 0; $i < $count; $i++) {
    $smtp->mail('a@b.example') && $smtp->recipient('NACCS@MAIL.PROD.NACCS6') && $smtp->data($message)
        or die("refused\n");
}
$took = microtime(true) - $begun;
$smtp->quit();
printf("%.1f\n", $count / $took);
