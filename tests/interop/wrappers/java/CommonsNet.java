import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import org.apache.commons.net.io.Util;
import org.apache.commons.net.smtp.SMTPClient;
import org.apache.commons.net.smtp.SMTPReply;

/** Apache Commons Net's SMTPClient, all messages on one connection, as its example shows. */
public class CommonsNet {
    static boolean send(SMTPClient centre, String file) throws IOException {
        if (!centre.setSender(System.getenv("NACCS_FROM"))) {
            return false;
        }
        for (String recipient : System.getenv("NACCS_TO").split(",")) {
            if (!centre.addRecipient(recipient)) {
                return false;
            }
        }
        Writer writer = centre.sendMessageData();
        if (writer == null) {
            return false;
        }
        try (Reader message =
                 new InputStreamReader(new FileInputStream(file), StandardCharsets.ISO_8859_1)) {
            Util.copyReader(message, writer);
        }
        writer.close();
        return centre.completePendingCommand();
    }

    public static void main(String[] files) throws IOException {
        boolean failed = false;
        SMTPClient centre = new SMTPClient(); // ISO-8859-1: octets
        if (!"default".equals(System.getenv("SENDER_LIMITS"))) {
            int limit = (int) (Double.parseDouble(System.getenv("NACCS_TIMEOUT")) * 1000);
            centre.setConnectTimeout(limit);
            centre.setDefaultTimeout(limit);
        }
        centre.connect(System.getenv("NACCS_HOST"), Integer.parseInt(System.getenv("NACCS_PORT")));
        if (!SMTPReply.isPositiveCompletion(centre.getReplyCode())
            || !centre.login(System.getenv("NACCS_HELO"))) {
            System.err.println(centre.getReplyString());
            centre.disconnect();
            System.exit(1);
        }
        for (String file : files) {
            if (!send(centre, file)) {
                System.err.println(file + ": " + centre.getReplyString());
                centre.reset();
                failed = true;
            }
        }
        centre.logout();
        centre.disconnect();
        System.exit(failed ? 1 : 0);
    }
}
