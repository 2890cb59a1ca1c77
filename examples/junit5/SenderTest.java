import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SenderTest {
    private static final byte[] MESSAGE =
            "Subject: test\r\n\r\n.a line that begins with a dot\r\n"
                    .getBytes(StandardCharsets.US_ASCII);

    @TempDir
    Path folder;

    @Test
    void theMessageArrivesOctetForOctet() throws Exception {
        try (Centre centre = new Centre(folder, null)) {
            assertEquals(250, Sender.send("127.0.0.1", centre.port, MESSAGE));
            assertEquals(1, centre.messages().size());
            assertArrayEquals(MESSAGE, centre.messages().get(0));
        }
    }

    @Test
    void aBusyCentreKeepsNothing() throws Exception {
        String scenario = "{\"version\": 1, \"rules\": "
                + "[{\"at\": \"end-of-data\", \"reply\": \"450 mailbox busy\"}]}";
        try (Centre centre = new Centre(folder, scenario)) {
            assertEquals(450, Sender.send("127.0.0.1", centre.port, MESSAGE));
            assertEquals(List.of(), centre.messages());
        }
    }

    /** The harness makes its own centres, and starts the command once per case. */
    @Test
    void itPassesTheSuite() throws Exception {
        Path output = folder.resolve("output");
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        int status = new ProcessBuilder("naccs-harness", "run", "--timeout", "10s", "--only",
                "body/messages/dots", "--", java, "-cp", System.getProperty("java.class.path"),
                "Sender", "{host}", "{port}", "{message}")
                .redirectErrorStream(true).redirectOutput(output.toFile()).start().waitFor();
        assertEquals(0, status, Files.readString(output));
    }
}
