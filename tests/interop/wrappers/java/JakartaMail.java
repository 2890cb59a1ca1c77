import jakarta.mail.Address;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.FileInputStream;
import java.io.InputStream;
import java.util.Properties;

/** Jakarta Mail, all messages on one connection, each read from its file. */
public class JakartaMail {
    public static void main(String[] files) throws Exception {
        Properties settings = new Properties();
        settings.put("mail.smtp.localhost", System.getenv("NACCS_HELO"));
        settings.put("mail.smtp.from", System.getenv("NACCS_FROM"));
        settings.put("mail.smtp.ehlo", "false");
        if (!"default".equals(System.getenv("SENDER_LIMITS"))) {
            String limit =
                Long.toString((long) (Double.parseDouble(System.getenv("NACCS_TIMEOUT")) * 1000));
            settings.put("mail.smtp.connectiontimeout", limit);
            settings.put("mail.smtp.timeout", limit);
            settings.put("mail.smtp.writetimeout", limit);
        }
        Session session = Session.getInstance(settings);
        Address[] recipients = InternetAddress.parse(System.getenv("NACCS_TO"));
        boolean failed = false;
        try (Transport centre = session.getTransport("smtp")) {
            centre.connect(System.getenv("NACCS_HOST"),
                           Integer.parseInt(System.getenv("NACCS_PORT")), null, null);
            for (String file : files) {
                try (InputStream message = new FileInputStream(file)) {
                    centre.sendMessage(new MimeMessage(session, message), recipients);
                } catch (MessagingException error) {
                    System.err.println(file + ": " + error.getMessage());
                    failed = true;
                    if (!centre.isConnected()) {
                        break;
                    }
                }
            }
        }
        System.exit(failed ? 1 : 0);
    }
}
