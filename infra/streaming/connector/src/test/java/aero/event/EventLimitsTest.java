package aero.event;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

import org.junit.jupiter.api.Test;

/** What the cases that run through Python too cannot show: the clock and the reference that the checks are given. */
final class EventLimitsTest {
    private static final EventVocabulary VOCABULARY = EventVocabulary.packed();
    private static final AirportReference AIRPORTS = AirportReference.packed();

    private static void check(String now, Map<String, Object> changes) throws EventProblem {
        check("event", now, changes);
    }

    private static void check(String clock, String now, Map<String, Object> changes) throws EventProblem {
        Map<String, Object> event = new HashMap<>(Map.of(
                "event_type", "cancel", "operating_date", "2026-11-22", "event_time", "2026-11-22 19:00:00.000000",
                "received_at", "2026-11-22 19:01:00.000000", "version", 1L, "origin", "MEX", "destination", "MTY"));
        event.putAll(changes);
        long milliseconds = Instant.parse(now).toEpochMilli();
        new EventLimits(VOCABULARY, AIRPORTS, () -> milliseconds, clock).check(event, VOCABULARY.types.get("cancel"));
    }

    @Test
    void anEventIsHeldToTheClockWhereItIsRead() {
        Map<String, Object> late = Map.of("received_at", "2028-11-22 19:01:00.000000");
        assertDoesNotThrow(() -> check("2028-11-22T19:02:00Z", late));
        EventProblem problem = assertThrows(EventProblem.class, () -> check("2026-11-22T19:02:00Z", late));
        assertEquals("stamp_ahead", problem.code());
    }

    @Test
    void byTheWallClockAStampIsAtMostTenMinutesAheadOfItsArrival() {
        assertDoesNotThrow(() -> check("wall", "2026-11-22T18:51:00Z", Map.of()));
        EventProblem problem = assertThrows(EventProblem.class, () -> check("wall", "2026-11-22T18:50:59Z", Map.of()));
        assertEquals("stamp_ahead", problem.code());
        assertDoesNotThrow(() -> check("event", "2026-11-22T18:50:59Z", Map.of()));
    }

    @Test
    void aDayIsAtMostSoFarAheadOfTheClock() {
        Map<String, Object> ahead = Map.of("operating_date", "2027-11-27");
        assertDoesNotThrow(() -> check("2026-11-22T00:00:00Z", ahead));
        EventProblem problem = assertThrows(EventProblem.class, () -> check("2026-11-21T23:59:59Z", ahead));
        assertEquals("date_out_of_range", problem.code());
    }

    @Test
    void anAirportIsKnownWhileItIsInService() {
        assertTrue(AIRPORTS.isKnown("MEX", "2015-01-01"));
        assertFalse(AIRPORTS.isKnown("QQX", "2015-01-01"));
        assertFalse(AIRPORTS.isKnown("NLU", "2012-11-22"), "it was opened later");
        assertTrue(AIRPORTS.isKnown("NLU", "2026-11-22"));
        assertTrue(AIRPORTS.isKnown("CDG", "2026-11-22"), "its name holds a comma");
    }
}
