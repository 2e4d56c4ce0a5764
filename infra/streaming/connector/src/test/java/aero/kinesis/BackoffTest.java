package aero.kinesis;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BackoffTest {
    private long now = 17;
    private final Backoff backoff = new Backoff(() -> now);

    @Test
    void pausesDoubleUpToTheLongest() {
        List<Long> pauses = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            Duration pause = backoff.refused().orElseThrow();
            pauses.add(pause.toMillis());
            now += pause.toNanos();
        }
        assertEquals(List.of(100L, 100L, 200L, 400L, 800L, 1600L, 3200L, 5000L, 5000L), pauses);
    }

    @Test
    void requestsRefusedAtOnceDoNotCountAsLongTrouble() {
        for (int i = 0; i < 50; i++) {
            assertEquals(Optional.of(Backoff.SHORTEST), backoff.refused());
        }
    }

    @Test
    void oneAcceptedRecordEndsTheTrouble() {
        backoff.refused();
        now += Duration.ofSeconds(30).toNanos();
        assertEquals(Optional.of(Backoff.LONGEST), backoff.refused());
        backoff.accepted();
        assertEquals(Optional.of(Backoff.SHORTEST), backoff.refused());
    }

    @Test
    void patienceEndsWhenNothingIsAcceptedForTooLong() {
        backoff.refused();
        now += Backoff.PATIENCE.toNanos();
        assertEquals(Optional.of(Backoff.LONGEST), backoff.refused());
        now += 1;
        assertEquals(Optional.empty(), backoff.refused());
    }
}
