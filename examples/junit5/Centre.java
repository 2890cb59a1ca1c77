import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A NACCS centre of a test's own: a running naccs-mockserver. */
final class Centre implements AutoCloseable {
    private final Process process;
    private final Path spool;
    final int port;

    /** The scenario as JSON; null: the well-behaved centre. */
    Centre(Path folder, String scenario) throws IOException {
        spool = folder.resolve("spool");
        List<String> command = new ArrayList<>(List.of("naccs-mockserver", "--quiet", "--listen",
                "127.0.0.1:0", "--spool", spool.toString()));
        if (scenario != null) {
            Path file = folder.resolve("scenario.json");
            Files.writeString(file, scenario);
            command.addAll(List.of("--scenario", file.toString()));
        }
        process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        // The ready line: when it has come, the centre listens. It ends where the scenario is wrong.
        BufferedReader output = new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
        String ready = output.readLine();
        Matcher matcher = Pattern.compile("\"port\":(\\d+)").matcher(ready == null ? "" : ready);
        if (!matcher.find())
            throw new IOException("naccs-mockserver did not start");
        port = Integer.parseInt(matcher.group(1));
    }

    /** What was accepted: it is there before the sender hears its 250. */
    List<byte[]> messages() throws IOException {
        List<byte[]> messages = new ArrayList<>();
        try (Stream<Path> files = Files.list(spool.resolve("new"))) {
            for (Path file : (Iterable<Path>) files.sorted()::iterator)
                messages.add(Files.readAllBytes(file));
        }
        return messages;
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (process.waitFor(30, TimeUnit.SECONDS))
                return;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
    }
}
