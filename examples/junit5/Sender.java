import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Stands for your sender. As a program: HOST PORT MESSAGE. */
final class Sender {
    private Sender() {
    }

    /** Sends the message; the code that ended it. */
    static int send(String host, int port, byte[] message) throws IOException {
        try (Socket centre = new Socket(host, port)) {
            centre.setSoTimeout(10_000);
            OutputStream output = centre.getOutputStream();
            BufferedReader input = new BufferedReader(
                    new InputStreamReader(centre.getInputStream(), StandardCharsets.ISO_8859_1));
            int code = reply(input);
            String[] steps = {"HELO " + setting("NACCS_HELO", "GW01.USER.NACCS6"),
                "MAIL FROM:<" + setting("NACCS_FROM", "USER01@GW01.USER.NACCS6") + ">",
                "RCPT TO:<" + setting("NACCS_TO", "NACCS@MAIL.PROD.NACCS6") + ">", "DATA"};
            for (int i = 0; i < steps.length && code / 100 == 2; i++)
                code = say(output, input, steps[i]);
            if (code == 354) {
                output.write(stuffed(message));
                code = say(output, input, ".");
            }
            say(output, input, "QUIT");
            return code;
        }
    }

    /** The harness says in the environment what to say. */
    private static String setting(String name, String otherwise) {
        return System.getenv().getOrDefault(name, otherwise);
    }

    private static int say(OutputStream output, BufferedReader input, String line)
            throws IOException {
        output.write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
        output.flush();
        return reply(input);
    }

    private static int reply(BufferedReader input) throws IOException {
        String line;
        do {
            line = input.readLine();
        } while (line != null && line.length() > 3 && line.charAt(3) == '-');
        return line == null ? 0 : Integer.parseInt(line.substring(0, 3));
    }

    /** On octets, not on characters: a dot more before each line that begins with one. */
    private static byte[] stuffed(byte[] message) {
        java.io.ByteArrayOutputStream stuffed = new java.io.ByteArrayOutputStream();
        boolean begins = true;
        for (byte octet : message) {
            if (begins && octet == '.')
                stuffed.write('.');
            stuffed.write(octet);
            begins = octet == '\n';
        }
        if (!begins)
            stuffed.writeBytes(new byte[] {'\r', '\n'});
        return stuffed.toByteArray();
    }

    public static void main(String[] arguments) throws IOException {
        byte[] message = Files.readAllBytes(Path.of(arguments[2]));
        int code = send(arguments[0], Integer.parseInt(arguments[1]), message);
        System.exit(code == 250 ? 0 : code / 100 == 5 ? 69 : 75);
    }
}
