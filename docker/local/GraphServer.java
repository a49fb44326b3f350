import java.nio.file.Path;
import org.neo4j.dbms.api.DatabaseManagementServiceBuilder;

/** Runs Neo4j in this process until it is told to stop: `GraphServer HOME CONFIGURATION`. */
public class GraphServer {
    public static void main(String[] arguments) throws InterruptedException {
        var server = new DatabaseManagementServiceBuilder(Path.of(arguments[0]))
                .loadPropertiesFromFile(Path.of(arguments[1]))
                .build();
        Runtime.getRuntime().addShutdownHook(new Thread(server::shutdown));
        Thread.currentThread().join();
    }
}
