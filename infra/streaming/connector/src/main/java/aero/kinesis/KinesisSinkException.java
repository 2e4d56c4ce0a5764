package aero.kinesis;

import org.apache.flink.util.FlinkRuntimeException;

/** The stream refuses records, and sending them again does not help or is not wanted. */
final class KinesisSinkException extends FlinkRuntimeException {
    private static final long serialVersionUID = 1L;

    KinesisSinkException(String message) {
        super(message);
    }

    KinesisSinkException(String message, Throwable cause) {
        super(message, cause);
    }
}
