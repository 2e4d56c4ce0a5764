package aero.event;

import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

import aero.event.EventVocabulary.Limit;
import aero.event.EventVocabulary.Type;

/**
 * What one event shows by itself to be impossible: the rows of {@code aero_streaming/events/limits.py}, which come with
 * the vocabulary, in their order. It is asked only of events that are well formed.
 */
final class EventLimits {
    private static final long SECOND = 1_000_000L;
    private static final long MINUTE = 60 * SECOND;
    private static final int DATE = 10;

    private final EventVocabulary vocabulary;
    private final AirportReference airports;
    private final LongSupplier clock;
    private final String platformClock;
    private final long versionsBegin;
    /** Days since 1970 of the dates of late; most events are about a few. */
    private final Map<String, Long> days = new HashMap<>();

    /** {@code platformClock} is what {@code AERO_CLOCK} says: limits of another one do not hold. */
    EventLimits(EventVocabulary vocabulary, AirportReference airports, LongSupplier clock, String platformClock) {
        this.vocabulary = vocabulary;
        this.airports = airports;
        this.clock = clock;
        this.platformClock = platformClock;
        this.versionsBegin = moment(vocabulary.versionsBegin);
    }

    void check(Map<String, Object> event, Type type) throws EventProblem {
        for (Limit limit : type.limits()) {
            Object value = event.get(limit.field());
            if (value == null || !limit.holdsBy(platformClock)) {
                continue;
            }
            boolean isFixed = Character.isDigit(limit.base().charAt(0));
            boolean isArrival = limit.base().equals(vocabulary.arrived);
            Object base = isFixed ? limit.base() : isArrival ? (Object) clock.getAsLong() : event.get(limit.base());
            if (base == null) {
                continue;
            }
            long distance = moment(value) - (isArrival ? (Long) base * 1_000 : moment(base));
            if (limit.least() != null && distance < limit.least() * MINUTE
                    || limit.most() != null && distance > limit.most() * MINUTE) {
                String beside = isFixed || isArrival ? "" : ", " + limit.base() + " is " + base;
                throw new EventProblem(limit.code(),
                        limit.field() + " is " + value + beside + "; " + limit.sentence());
            }
        }
        String on = (String) event.get("operating_date");
        for (String name : type.airports()) {
            String code = (String) event.get(name);
            if (code != null && !airports.isKnown(code, on)) {
                throw new EventProblem("unknown_airport", name + " is " + code
                        + ", which the airport reference does not have on " + on + "; it waits for the reference");
            }
        }
    }

    /** Microseconds since 1970 of a time, of the midnight of a date, or of the minute that a version is made from. */
    private long moment(Object value) {
        if (value instanceof Number) {
            return versionsBegin + ((Number) value).longValue() / vocabulary.editions * MINUTE;
        }
        String text = (String) value;
        long day = day(text.substring(0, DATE)) * 24 * 60 * MINUTE;
        if (text.length() == DATE) {
            return day;
        }
        long seconds = 3_600L * number(text, 11, 13) + 60L * number(text, 14, 16) + number(text, 17, 19);
        // Times have no fraction (with a Z) or one of six digits, as the checks of their form leave them.
        return day + seconds * SECOND + (text.length() > 20 ? number(text, 20, 26) : 0);
    }

    private long day(String date) {
        Long known = days.get(date);
        if (known == null) {
            if (days.size() > 4_096) {
                days.clear();
            }
            known = LocalDate.parse(date).toEpochDay();
            days.put(date, known);
        }
        return known;
    }

    private static int number(String text, int begin, int end) {
        int found = 0;
        for (int at = begin; at < end; at++) {
            found = 10 * found + text.charAt(at) - '0';
        }
        return found;
    }
}
