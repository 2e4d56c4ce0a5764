package aero.event;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.HexFormat;
import java.util.Map;
import java.util.StringJoiner;
import java.util.function.LongSupplier;

import aero.event.EventVocabulary.Field;
import aero.event.EventVocabulary.Type;

/**
 * The checks that the vocabulary asks for, in the order of {@code aero_streaming/events/checks.py}: what one refuses the
 * other refuses, with the same code. One file of cases runs through both.
 */
final class EventChecks {
    private final EventVocabulary vocabulary;
    private final EventLimits limits;

    /** {@code clock} gives milliseconds since 1970: when the record that is read has reached us. */
    EventChecks(EventVocabulary vocabulary, AirportReference airports, LongSupplier clock, String platformClock) {
        this.vocabulary = vocabulary;
        this.limits = new EventLimits(vocabulary, airports, clock, platformClock);
    }

    /** Return the event in a record; its times as the merge compares them, {@code 2015-01-02 13:34:00.000000}. */
    Map<String, Object> read(byte[] record) throws EventProblem {
        Map<String, Object> event = JsonObjectReader.read(record, vocabulary.maxBytes);
        String name = typeName(event);
        Type type = vocabulary.types.get(name);
        for (Map.Entry<String, Object> entry : event.entrySet()) {
            if (entry.getValue() != null) {
                entry.setValue(checked(entry.getKey(), entry.getValue(), type.fields().get(entry.getKey())));
            }
        }
        for (String needed : type.needed()) {
            if (event.get(needed) == null) {
                throw new EventProblem("missing_field", name + " without " + needed + "; every " + name + " has it");
            }
        }
        if (!type.sources().contains(event.get("source"))) {
            throw new EventProblem("unknown_source", "source " + event.get("source") + " may not send " + name);
        }
        if (!type.needsAny().isEmpty() && type.needsAny().stream().allMatch(one -> event.get(one) == null)) {
            throw new EventProblem("says_nothing", name + " has none of " + String.join(", ", type.needsAny()));
        }
        checkLeg(event);
        limits.check(event, type);
        return event;
    }

    private String typeName(Map<String, Object> event) throws EventProblem {
        Object version = event.get("schema_version");
        if (version == null) {
            throw new EventProblem("missing_field", "schema_version is missing");
        }
        if (!(version instanceof Number) || ((Number) version).doubleValue() != vocabulary.schemaVersion) {
            throw new EventProblem("unknown_schema_version",
                    "schema_version is " + shorten(version) + "; only " + vocabulary.schemaVersion + " is known");
        }
        Object name = event.get("event_type");
        if (name == null) {
            throw new EventProblem("missing_field", "event_type is missing");
        }
        if (!(name instanceof String) || !vocabulary.types.containsKey(name)) {
            throw new EventProblem("unknown_event_type", "event_type is " + shorten(name));
        }
        return (String) name;
    }

    private static Object checked(String name, Object value, Field field) throws EventProblem {
        if (value == JsonObjectReader.NESTED) {
            throw new EventProblem("not_flat",
                    name + " is an object or a list; an event holds texts, numbers, flags and nulls");
        }
        if (value instanceof Double && !Double.isFinite((Double) value)) {
            throw new EventProblem("bad_value", name + " is " + value + "; it is no JSON number");
        }
        if (field == null) {
            return value;
        }
        switch (field.kind()) {
            case BOOLEAN:
                return wanted(value instanceof Boolean, name, value, "true or false", value);
            case INTEGER:
                return wanted(isWhole(value) && isWithin(field, value), name, value, range(field, "a whole number"), value);
            case NUMBER:
                return wanted(value instanceof Number && isWithin(field, value), name, value, range(field, "a number"), value);
            case TIMESTAMP:
                String moment = matches(field, value) ? moment((String) value) : null;
                return wanted(moment != null, name, value, "a UTC time like 2015-01-01T13:34:00Z", moment);
            case DATE:
                return wanted(matches(field, value) && isDate((String) value), name, value, "a date like 2015-01-01", value);
            default:
                return wanted(matches(field, value), name, value, "like " + field.pattern(), value);
        }
    }

    private static Object wanted(boolean isRight, String name, Object value, String wanted, Object result)
            throws EventProblem {
        if (!isRight) {
            throw new EventProblem("bad_value", name + " is " + shorten(value) + "; it must be " + wanted);
        }
        return result;
    }

    private static boolean isWhole(Object value) {
        return value instanceof Long || value instanceof BigInteger;
    }

    private static boolean isWithin(Field field, Object value) {
        double number = ((Number) value).doubleValue();
        return (field.least() == null || number >= field.least()) && (field.most() == null || number <= field.most())
                && (field.step() == 1 || number % field.step() == 0);
    }

    private static boolean matches(Field field, Object value) {
        return value instanceof String && field.pattern().matcher((String) value).matches();
    }

    /** The time with six digits of a second, or null if there is no such time. */
    private static String moment(String text) {
        try {
            LocalDateTime read = LocalDateTime.parse(text.substring(0, text.length() - 1));
            if (read.getYear() < 1) {
                return null;
            }
        } catch (DateTimeException error) {
            return null;
        }
        String fraction = text.length() == 20 ? "" : text.substring(20, text.length() - 1);
        return text.substring(0, 10) + ' ' + text.substring(11, 19) + '.' + fraction + "000000".substring(fraction.length());
    }

    private static boolean isDate(String text) {
        try {
            return LocalDate.parse(text).getYear() >= 1;
        } catch (DateTimeException error) {
            return false;
        }
    }

    private void checkLeg(Map<String, Object> event) throws EventProblem {
        StringJoiner identity = new StringJoiner("|");
        vocabulary.identity.forEach(name -> identity.add(event.get(name).toString()));
        String own = HexFormat.of().formatHex(sha256(identity.toString()), 0, 16);
        if (!own.equals(event.get("leg_uid"))) {
            throw new EventProblem("leg_uid_mismatch",
                    "leg_uid is " + event.get("leg_uid") + ", but the leg named beside it is " + own);
        }
        if (event.get("origin").equals(event.get("destination"))) {
            throw new EventProblem("same_airport", "origin and destination are both " + event.get("origin"));
        }
        String std = (String) event.get("std_at");
        String sta = (String) event.get("sta_at");
        if (std != null && sta != null && std.compareTo(sta) >= 0) {
            throw new EventProblem("times_backwards", "sta_at " + sta + " is not after std_at " + std);
        }
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException error) {
            throw new IllegalStateException(error);
        }
    }

    private static String range(Field field, String what) {
        return what + " from " + field.least() + (field.most() == null ? "" : " to " + field.most())
                + (field.step() == 1 ? "" : ", a multiple of " + field.step());
    }

    private static String shorten(Object value) {
        String text = String.valueOf(value);
        return text.length() <= 60 ? text : text.substring(0, 57) + "...";
    }
}
