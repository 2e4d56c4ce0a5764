package aero.kinesis;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * How long refused records wait: as long as the trouble has lasted so far, between a tenth of a second and five.
 *
 * <p>Waiting as long again as before doubles the pause each time, however many requests are on their way. Trouble ends
 * with the first record accepted. When none is for two minutes, sending again is given up: the job then restarts from
 * its checkpoint with a new client and new credentials. Times are nanoseconds of {@link System#nanoTime}.
 */
final class Backoff {
    static final Duration SHORTEST = Duration.ofMillis(100);
    static final Duration LONGEST = Duration.ofSeconds(5);
    static final Duration PATIENCE = Duration.ofMinutes(2);

    private final LongSupplier clock;
    private boolean inTrouble;
    private long since;

    Backoff(LongSupplier clock) {
        this.clock = clock;
    }

    /** Notes that a record was accepted. */
    synchronized void accepted() {
        inTrouble = false;
    }

    /** Returns how long to wait after a refusal; empty when patience is at its end. */
    synchronized Optional<Duration> refused() {
        long now = clock.getAsLong();
        if (!inTrouble) {
            inTrouble = true;
            since = now;
        }
        Duration trouble = Duration.ofNanos(now - since);
        if (trouble.compareTo(PATIENCE) > 0) {
            return Optional.empty();
        }
        if (trouble.compareTo(SHORTEST) < 0) {
            return Optional.of(SHORTEST);
        }
        return Optional.of(trouble.compareTo(LONGEST) > 0 ? LONGEST : trouble);
    }
}
