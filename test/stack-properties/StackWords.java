import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.TreeSet;
import org.infinispan.configuration.parsing.ParserRegistry;
import org.infinispan.manager.DefaultCacheManager;

/**
 * What the original's own stacks say to properties. Each line of the file that is given: a number, a stack, and name=value words, divided by tabs.
 * Written to standard error beside the log: a line for the case, then how it ended, then the causes.
 */
class StackWords {
    public static void main(String[] arguments) throws Exception {
        for (String line : Files.readAllLines(Path.of(arguments[0]))) {
            String[] words = line.split("\t");
            String[] properties = Arrays.copyOfRange(words, 2, words.length);
            System.err.println("CASE " + words[0]);
            var set = new TreeSet<String>();
            for (String word : properties) {
                int at = word.indexOf('=');
                System.setProperty(word.substring(0, at), word.substring(at + 1));
                set.add(word.substring(0, at));
            }
            String container = "<cache-container><transport stack=\"" + words[1] + "\"/></cache-container>";
            try {
                var parsed = new ParserRegistry().parse("<infinispan>" + container + "</infinispan>");
                try (var manager = new DefaultCacheManager(parsed)) {
                    System.err.println("STARTS");
                }
            } catch (Throwable error) {
                System.err.println("REFUSED");
                for (Throwable cause = error; cause != null; cause = cause.getCause())
                    System.err.println("CAUSE " + String.valueOf(cause.getMessage()).replace('\n', ' '));
            }
            set.forEach(System::clearProperty);
        }
        // Threads of a start that failed would keep the process.
        System.exit(0);
    }
}
