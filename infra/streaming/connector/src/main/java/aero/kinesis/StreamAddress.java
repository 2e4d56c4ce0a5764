package aero.kinesis;

import java.io.Serializable;
import java.net.URI;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClientBuilder;

/** Where the stream is: its ARN, its region, and an endpoint where that is not the region's own (null on AWS). */
record StreamAddress(String arn, String region, String endpoint) implements Serializable {
    private static final int MOST_CONNECTIONS = 100;

    /** Builds a client with the credentials of the SDK's default chain. */
    KinesisAsyncClient client() {
        // An endpoint of one's own is an emulator, and those speak HTTP/1.1 only.
        NettyNioAsyncHttpClient.Builder http = NettyNioAsyncHttpClient.builder()
                .maxConcurrency(MOST_CONNECTIONS)
                .protocol(endpoint == null ? Protocol.HTTP2 : Protocol.HTTP1_1);
        KinesisAsyncClientBuilder builder =
                KinesisAsyncClient.builder().region(Region.of(region)).httpClientBuilder(http);
        if (endpoint != null) {
            builder.endpointOverride(URI.create(endpoint));
        }
        return builder.build();
    }
}
