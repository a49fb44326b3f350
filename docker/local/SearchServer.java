import java.io.IOException;
import java.io.UncheckedIOException;
import org.codelibs.opensearch.runner.OpenSearchRunner;

/** Runs OpenSearch in this process until it is told to stop: `SearchServer HOME PORT`, with HOME/opensearch.yml. */
public class SearchServer {
    public static void main(String[] arguments) throws InterruptedException {
        var home = arguments[0];
        var portBefore = Integer.parseInt(arguments[1]) - 1; // the runner adds the number of the node, which is one
        var server = new OpenSearchRunner();
        server.setMaxHttpPort(-1); // this port, or none
        server.build("-basePath", home, "-confPath", home, "-numOfNode", "1", "-baseHttpPort", "" + portBefore);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> close(server)));
        Thread.currentThread().join();
    }

    private static void close(OpenSearchRunner server) {
        try {
            server.close();
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }
}
