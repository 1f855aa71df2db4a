"""Runs a composed flow in wasmtime.

Arguments: component, JSON [[node, props], ...], JSON [sink, ...], whether fuel is on.
Prints {"ns_per_message", "messages", "emitted"}.
"""
import json
import sys
import time

from wasmtime import Config, Engine, Store
from wasmtime.component import Component, Linker

path, nodes, sinks = sys.argv[1], json.loads(sys.argv[2]), json.loads(sys.argv[3])
fuel = sys.argv[4] == "true"
COUNT = 200_000
ROUNDS = 7

config = Config()
config.consume_fuel = fuel
engine = Engine(config)
component = Component.from_file(engine, path)
store = Store(engine)


def refill():
    if fuel:
        store.set_fuel(1 << 62)


refill()
instance = Linker(engine).instantiate(store, component)
for name, props in nodes:
    outer = instance.get_export_index(store, "node-" + name)
    configure = instance.get_func(store, instance.get_export_index(store, "configure", outer))
    result = configure(store, props)
    if hasattr(configure, "post_return"):
        configure.post_return(store)
    if result is not None and getattr(result, "tag", "ok") not in ("ok", None):
        sys.exit(f"{name} refuses its props: {result}")
run = instance.get_func(store, instance.get_export_index(store, "run"))
times = []
for _ in range(ROUNDS):
    refill()
    began = time.perf_counter_ns()
    run(store, COUNT)
    times.append((time.perf_counter_ns() - began) / COUNT)
    if hasattr(run, "post_return"):
        run.post_return(store)
emitted = 0
for name in sinks:
    count = instance.get_func(store, instance.get_export_index(store, "emitted-" + name))
    emitted += count(store)
    if hasattr(count, "post_return"):
        count.post_return(store)
result = {"ns_per_message": sorted(times)[ROUNDS // 2], "messages": ROUNDS * COUNT, "emitted": emitted}
print(json.dumps(result))
