package aero.event;

/** Why a record is no event: a code to count by and a sentence for a person. Codes are those of the Python checks. */
final class EventProblem extends Exception {
    private static final long serialVersionUID = 1L;
    private static final int LONGEST = 600;

    private final String code;

    EventProblem(String code, String message) {
        // No stack trace: a poison record is ordinary input, and thousands of them must stay cheap.
        super(message.length() <= LONGEST ? message : message.substring(0, LONGEST - 3) + "...", null, false, false);
        this.code = code;
    }

    String code() {
        return code;
    }
}
