/** src/abi/proto/graph_rule.proto, where a program needs it; a test keeps the two alike. */
export const GRAPH_RULE_PROTO = `syntax = "proto3";
package fusewire.v1;

// A flow document as Protobuf: the same as the JSON of format fusewire.flow/1. Names and numbers up to 9 are those of the
// golden specification; from 10 on stands what only the document has.
message GraphRule {
  string name = 1;
  // Node ids are the keys: NodeDef has none of its own.
  map<string, NodeDef> nodes = 2;
  repeated Wire wires = 3;
  // Document order of the nodes: a map has none. Every node, once.
  repeated string node_order = 4;
  optional string description = 10;
  optional uint32 tick_ms = 11;
  Limits limits = 12;
  optional bool durable = 13;
  Value layout = 14;
}

message PortDef {
  string name = 1;
  string type = 2;  // tag, message, any
}

message NodeDef {
  string node_type = 1;
  string wasm_hash = 2;
  // From the node's manifest, for those who have no library; not read back.
  repeated PortDef inputs = 3;   // at most 4
  repeated PortDef outputs = 4;  // at most 4
  map<string, Value> props = 5;
}

message Wire {
  string source_node = 1;
  string source_port = 2;
  string target_node = 3;
  string target_port = 4;
}

// See limits in docs/flow.md.
message Limits {
  optional uint64 fuel = 1;
  optional uint64 emits = 2;
  optional uint64 egress_bytes = 3;
  optional uint64 log_bytes = 4;
  optional uint64 node_memory_bytes = 5;
  optional uint64 memory_bytes = 6;
  optional uint64 in_flight_bytes = 7;
  optional uint64 dead_letters = 8;
  optional uint64 spill_bytes = 9;
  optional uint64 journal_bytes = 10;
  optional uint64 dead_letters_per_second = 11;
}

// A JSON value, on the wire the same as google.protobuf.Value. Without a kind it is an error. Documents nest up to 64 deep:
// raise the recursion limit of your library (often 100 messages) if yours do, each level is two or three messages.
message Value {
  oneof kind {
    int32 null_value = 1;
    double number_value = 2;
    string string_value = 3;
    bool bool_value = 4;
    Struct struct_value = 5;
    ListValue list_value = 6;
  }
}
message Struct {
  map<string, Value> fields = 1;
}
message ListValue {
  repeated Value values = 1;
}
`;
