import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.infinispan.Cache;
import org.infinispan.manager.DefaultCacheManager;

/**
 * One member of an embedded Infinispan cluster. Commands a line on stdin, answers a line of JSON on stdout:
 * "size" how many members it sees, "run OPERATION CALLERS SECONDS" a closed loop of threads, "stop".
 */
public class InfinispanDriver {
    private static final int KEYS = 2048;

    public static void main(String[] arguments) throws Exception {
        DefaultCacheManager manager = new DefaultCacheManager(arguments[0]);
        Cache<String, byte[]> cache = manager.getCache("owners-2");
        byte[] value = new byte[Integer.parseInt(arguments[1])];
        Arrays.fill(value, (byte) 1);
        String[] keys = new String[KEYS];
        for (int index = 0; index < KEYS; index++) keys[index] = String.format("7c9e6679-7425-40de-944b-%012d", index);
        System.out.println("{\"ready\":true}");
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in));
        for (String line = input.readLine(); line != null && !line.equals("stop"); line = input.readLine()) {
            String[] words = line.split(" ");
            if (words[0].equals("size")) System.out.println("{\"size\":" + manager.getMembers().size() + "}");
            else if (words[0].equals("run")) run(cache, keys, value, words[1], Integer.parseInt(words[2]), Double.parseDouble(words[3]));
        }
        manager.stop();
        System.exit(0);
    }

    private static void run(Cache<String, byte[]> cache, String[] keys, byte[] value, String operation, int callers, double seconds)
            throws Exception {
        if (operation.equals("get")) for (String key : keys) cache.put(key, value);
        AtomicLong counter = new AtomicLong();
        AtomicLong failures = new AtomicLong();
        List<long[]> samples = new ArrayList<>();
        CountDownLatch done = new CountDownLatch(callers);
        long began = System.nanoTime();
        long ends = began + (long) (seconds * 1e9);
        for (int caller = 0; caller < callers; caller++) {
            Thread thread = new Thread(() -> {
                long[] own = new long[1024];
                int count = 0;
                long last = System.nanoTime();
                while (last < ends) {
                    long number = counter.getAndIncrement();
                    String key = keys[(int) (number % KEYS)];
                    try {
                        if (operation.equals("get")) cache.get(key);
                        else if (operation.equals("put")) cache.put(key, value);
                        else {
                            String own1 = key + "-" + number;
                            cache.put(own1, value);
                            if (cache.remove(own1) == null) throw new IllegalStateException("the value is gone");
                        }
                    } catch (RuntimeException error) {
                        failures.incrementAndGet();
                    }
                    long now = System.nanoTime();
                    if (count == own.length) own = Arrays.copyOf(own, count * 2);
                    own[count++] = now - last;
                    last = now;
                }
                synchronized (samples) {
                    samples.add(Arrays.copyOf(own, count));
                }
                done.countDown();
            });
            thread.setDaemon(true);
            thread.start();
        }
        done.await();
        double took = (System.nanoTime() - began) / 1e9;
        long[] all = samples.stream().flatMapToLong(Arrays::stream).sorted().toArray();
        System.out.printf("{\"operations\":%d,\"failures\":%d,\"seconds\":%f,\"p50Us\":%f,\"p99Us\":%f,\"p999Us\":%f}%n", all.length - failures.get(),
                failures.get(), took, at(all, 0.5), at(all, 0.99), at(all, 0.999));
    }

    private static double at(long[] sorted, double share) {
        return sorted.length == 0 ? 0 : sorted[Math.min(sorted.length - 1, (int) (sorted.length * share))] / 1e3;
    }
}
