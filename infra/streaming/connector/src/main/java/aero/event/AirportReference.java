package aero.event;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** Which airports there are and from when to when, read from {@code airports.csv}: the dbt seed, packed into the jar. */
final class AirportReference {
    /** First and last date of service, both included. */
    private record Service(String from, String to) {}

    /** Columns that are found from the end of a line: none behind a name, which may hold commas, is quoted. */
    private static final int FROM = 3;
    private static final int TO = 2;

    private static final AirportReference PACKED = read();

    private final Map<String, Service> services = new HashMap<>();

    private AirportReference(BufferedReader lines) throws IOException {
        String header = lines.readLine();
        if (header == null || !header.startsWith("iata,") || !header.endsWith(",valid_from,valid_to,zone_source")) {
            throw new IOException("its header is " + header);
        }
        String line;
        while ((line = lines.readLine()) != null) {
            String[] values = line.split(",", -1);
            String from = values[values.length - FROM];
            String to = values[values.length - TO];
            services.put(values[0],
                    new Service(from.isEmpty() ? "0001-01-01" : from, to.isEmpty() ? "9999-12-31" : to));
        }
    }

    /** The airports that this jar was built with. */
    static AirportReference packed() {
        return PACKED;
    }

    /** Tell whether an airport was in service on a date. */
    boolean isKnown(String code, String date) {
        Service service = services.get(code);
        return service != null && service.from.compareTo(date) <= 0 && date.compareTo(service.to) <= 0;
    }

    private static AirportReference read() {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                AirportReference.class.getResourceAsStream("airports.csv"), StandardCharsets.UTF_8))) {
            return new AirportReference(lines);
        } catch (IOException error) {
            throw new UncheckedIOException("airports.csv of this jar cannot be read", error);
        }
    }
}
