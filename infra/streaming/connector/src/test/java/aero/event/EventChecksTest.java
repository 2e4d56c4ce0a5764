package aero.event;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;

/** Numbers of the vocabulary: bounds, both included, and the step that divides them. */
final class EventChecksTest {
    private static final String OUT = """
            {"carrier": "AM", "event_id": "af80305c9155ff8ed266b99b7c240b58", "event_time": "2026-11-22T19:05:00Z",
             "event_type": "out", "flight_number": 640, "is_correction": false, "leg_sequence": 1,
             "leg_uid": "51816ead3fc38113d2930571ee5a976c", "operating_date": "2026-11-22", "operational_suffix": "",
             "origin": "MEX", "out_at": "2026-11-22T19:05:00Z", "received_at": "2026-11-22T19:06:00Z",
             "schema_version": 1, "source": "ops_event", "std_at": "2026-11-22T19:00:00Z",
             "std_utc_offset_minutes": %s, "version": 1}""";

    private final EventChecks checks =
            new EventChecks(EventVocabulary.packed(), AirportReference.packed(), () -> 1_795_374_360_000L, "event");

    private void read(String offset) throws EventProblem {
        checks.read(OUT.formatted(offset).getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void anOffsetIsAWholeQuarterOfAnHourBetweenTheClocksOfTheWorld() {
        for (String offset : new String[] {"-720", "-360", "0", "345", "840"}) {
            assertDoesNotThrow(() -> read(offset), offset);
        }
        for (String offset : new String[] {"-735", "855", "-361", "7", "60.5", "\"60\"", "1e300"}) {
            assertEquals("bad_value", assertThrows(EventProblem.class, () -> read(offset), offset).code());
        }
    }
}
