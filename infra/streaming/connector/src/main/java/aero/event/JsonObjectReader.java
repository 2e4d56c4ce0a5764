package aero.event;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.JsonFactory;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.JsonParser;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.JsonToken;

/** From the bytes of a record to its one flat JSON object, in the order of its fields. */
final class JsonObjectReader {
    /** Stands for an object or a list inside the object; what is in it does not matter. */
    static final Object NESTED = new Object();

    private static final JsonFactory JSON = new JsonFactory();

    private JsonObjectReader() {}

    /** Values are String, Long, BigInteger, Double, Boolean, null or {@link #NESTED}. */
    static Map<String, Object> read(byte[] record, int maxBytes) throws EventProblem {
        if (record.length > maxBytes) {
            throw new EventProblem("too_large",
                    "the record has " + record.length + " bytes; an event has at most " + maxBytes);
        }
        String text = decode(record);
        if (text.isBlank()) {
            throw new EventProblem("empty", "the record is empty; an event is a JSON object");
        }
        Map<String, Object> found = parse(text);
        if (text.contains("\\u")) {
            refuseHalfCharacters(found);
        }
        return found;
    }

    private static String decode(byte[] record) throws EventProblem {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(record)).toString();
        } catch (CharacterCodingException error) {
            throw new EventProblem("bad_encoding", "the record is not UTF-8 text: " + error.getMessage());
        }
    }

    private static Map<String, Object> parse(String text) throws EventProblem {
        try (JsonParser parser = JSON.createParser(text)) {
            boolean isObject = parser.nextToken() == JsonToken.START_OBJECT;
            Map<String, Object> found = new LinkedHashMap<>();
            String repeated = null;
            if (isObject) {
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    String name = parser.currentName();
                    if (found.containsKey(name)) {
                        repeated = name;
                    }
                    found.put(name, value(parser));
                }
            } else {
                parser.skipChildren();
            }
            if (parser.nextToken() != null) {
                throw new EventProblem("unreadable_json", "the record is not JSON: there is more after its value");
            }
            if (!isObject) {
                throw new EventProblem("not_an_object", "an event is one JSON object");
            }
            if (repeated != null) {
                throw new EventProblem("repeated_field",
                        repeated + " is there more than once; which one counts is unknown");
            }
            return found;
        } catch (IOException error) {
            throw new EventProblem("unreadable_json", "the record is not JSON: " + firstLine(error.getMessage()));
        }
    }

    private static Object value(JsonParser parser) throws IOException {
        switch (parser.nextToken()) {
            case VALUE_STRING:
                return parser.getText();
            case VALUE_NUMBER_INT:
                BigInteger whole = parser.getBigIntegerValue();
                return whole.bitLength() < Long.SIZE ? (Object) whole.longValue() : whole;
            case VALUE_NUMBER_FLOAT:
                return parser.getDoubleValue();
            case VALUE_TRUE:
                return Boolean.TRUE;
            case VALUE_FALSE:
                return Boolean.FALSE;
            case VALUE_NULL:
                return null;
            default:
                parser.skipChildren();
                return NESTED;
        }
    }

    /** JSON can escape half a character (a surrogate), which no store downstream can write. */
    private static void refuseHalfCharacters(Map<String, Object> found) throws EventProblem {
        for (Map.Entry<String, Object> entry : found.entrySet()) {
            if (isBroken(entry.getKey()) || entry.getValue() instanceof String && isBroken((String) entry.getValue())) {
                throw new EventProblem("bad_encoding", "a text escapes half a character (\\ud800 to \\udfff alone)");
            }
        }
    }

    private static boolean isBroken(String text) {
        return !StandardCharsets.UTF_8.newEncoder().canEncode(text);
    }

    private static String firstLine(String message) {
        return message == null ? "no reason given" : message.lines().findFirst().orElse("");
    }
}
