package aero.event;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;

/**
 * The vocabulary of events, read from {@code event_vocabulary.json}. Python writes that file from the tables that every
 * other reader uses ({@code aero_streaming.events.vocabulary}); nothing about events is said in Java.
 */
final class EventVocabulary {
    enum Kind { TEXT, INTEGER, NUMBER, BOOLEAN, TIMESTAMP, DATE }

    /** The form of a field; {@code least} and {@code most} bound numbers, null where there is no bound; {@code step}
     * divides them. */
    record Field(Kind kind, Pattern pattern, Long least, Long most, long step) {}

    /** How many minutes a field may lie from its base; null where there is no bound. Empty clock: whatever the clock. */
    record Limit(
            String code, String field, String base, Long least, Long most, String clock, String sentence) {
        boolean holdsBy(String platformClock) {
            return clock.isEmpty() || clock.equals(platformClock);
        }
    }

    /** What one type of event asks for. */
    record Type(Map<String, Field> fields, List<String> needed, List<String> needsAny, Set<String> sources,
            List<Limit> limits, List<String> airports) {}

    private static final EventVocabulary PACKED = read();

    final int schemaVersion;
    final int maxBytes;
    final List<String> identity;
    final int editions;
    final String versionsBegin;
    final String arrived;
    final Map<String, Type> types;

    private EventVocabulary(JsonNode root) {
        schemaVersion = root.get("schema_version").intValue();
        maxBytes = root.get("max_bytes").intValue();
        identity = texts(root.get("identity"));
        editions = root.get("editions").intValue();
        versionsBegin = root.get("versions_begin").textValue();
        arrived = root.get("arrived").textValue();
        Map<String, Type> found = new HashMap<>();
        root.get("types").properties().forEach(entry -> found.put(entry.getKey(), type(entry.getValue())));
        types = Map.copyOf(found);
    }

    /** The vocabulary that this jar was built with. */
    static EventVocabulary packed() {
        return PACKED;
    }

    private static EventVocabulary read() {
        try (InputStream file = EventVocabulary.class.getResourceAsStream("event_vocabulary.json")) {
            return new EventVocabulary(new ObjectMapper().readTree(file));
        } catch (IOException error) {
            throw new UncheckedIOException("event_vocabulary.json of this jar cannot be read", error);
        }
    }

    private static Type type(JsonNode node) {
        Map<String, Field> fields = new HashMap<>();
        node.get("fields").properties().forEach(entry -> fields.put(entry.getKey(), field(entry.getValue())));
        return new Type(
                Map.copyOf(fields),
                texts(node.get("needed")),
                texts(node.get("needs_any")),
                Set.copyOf(texts(node.get("sources"))),
                limits(node.get("limits")),
                texts(node.get("airports")));
    }

    private static List<Limit> limits(JsonNode node) {
        List<Limit> found = new ArrayList<>();
        node.forEach(one -> found.add(new Limit(one.get("code").textValue(), one.get("field").textValue(),
                one.get("base").textValue(), bound(one.get("least")), bound(one.get("most")),
                one.get("clock").textValue(), one.get("sentence").textValue())));
        return List.copyOf(found);
    }

    private static Field field(JsonNode node) {
        // In Python a dot is anything but a line feed; only with this flag it is so here.
        Pattern pattern = Pattern.compile(node.get("pattern").textValue(), Pattern.UNIX_LINES);
        return new Field(Kind.valueOf(node.get("kind").textValue().toUpperCase()), pattern, bound(node.get("least")),
                bound(node.get("most")), node.get("step").longValue());
    }

    private static Long bound(JsonNode node) {
        return node.isNull() ? null : node.longValue();
    }

    private static List<String> texts(JsonNode node) {
        List<String> found = new ArrayList<>();
        node.forEach(one -> found.add(one.textValue()));
        return List.copyOf(found);
    }
}
