// A closed-loop load on etcd: every client writes one value, waits for the answer, writes the next.
//
//	etcd-load -endpoints HOST:PORT,… -clients N -seconds S -bytes B
//
// Prints one JSON object: answered writes a second after the warm-up, and the median and 99th percentile of one write.
// Built against Debian's golang-etcd-server-dev (see consensus.bench.ts).
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand"
	"os"
	"sort"
	"strings"
	"sync"
	"time"

	"go.etcd.io/etcd/clientv3"
)

// Connections are shared, as an application would: one for each of so many clients, at most so many.
const clientsPerConnection = 16
const connectionsMost = 32
const warmUp = 2 * time.Second

type load struct {
	latencies []time.Duration
	failures  int
}

func main() {
	endpoints := flag.String("endpoints", "", "comma-separated addresses")
	clients := flag.Int("clients", 64, "writers at once")
	seconds := flag.Int("seconds", 10, "measured time after the warm-up")
	size := flag.Int("bytes", 1024, "bytes of a value")
	flag.Parse()

	connections := connect(strings.Split(*endpoints, ","), (*clients+clientsPerConnection-1)/clientsPerConnection)
	from := time.Now().Add(warmUp)
	until := from.Add(time.Duration(*seconds) * time.Second)
	loads := make([]load, *clients)
	var done sync.WaitGroup
	for i := range loads {
		done.Add(1)
		go func(i int) {
			defer done.Done()
			loads[i] = write(connections[i%len(connections)], i, *size, from, until)
		}(i)
	}
	done.Wait()
	report(loads, *seconds)
}

func connect(endpoints []string, count int) []*clientv3.Client {
	if count > connectionsMost {
		count = connectionsMost
	}
	if count < len(endpoints) {
		count = len(endpoints)
	}
	connections := make([]*clientv3.Client, count)
	for i := range connections {
		endpoint := endpoints[i%len(endpoints)]
		client, err := clientv3.New(clientv3.Config{Endpoints: []string{endpoint}, DialTimeout: 5 * time.Second})
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		connections[i] = client
	}
	return connections
}

func write(client *clientv3.Client, writer, size int, from, until time.Time) load {
	bytes := make([]byte, size)
	rand.New(rand.NewSource(int64(writer))).Read(bytes)
	value := string(bytes)
	var result load
	for serial := 0; ; serial++ {
		begin := time.Now()
		if begin.After(until) {
			return result
		}
		_, err := client.Put(context.Background(), fmt.Sprintf("%04d/%09d", writer, serial), value)
		if err != nil {
			result.failures++
			continue
		}
		if begin.After(from) {
			result.latencies = append(result.latencies, time.Since(begin))
		}
	}
}

func report(loads []load, seconds int) {
	var all []time.Duration
	failures := 0
	for _, each := range loads {
		all = append(all, each.latencies...)
		failures += each.failures
	}
	sort.Slice(all, func(a, b int) bool { return all[a] < all[b] })
	quantile := func(share float64) float64 {
		if len(all) == 0 {
			return 0
		}
		return float64(all[int(float64(len(all)-1)*share)].Microseconds()) / 1000
	}
	json.NewEncoder(os.Stdout).Encode(map[string]interface{}{
		"perSecond": float64(len(all)) / float64(seconds),
		"p50Ms":     quantile(0.5),
		"p99Ms":     quantile(0.99),
		"failures":  failures,
	})
}
