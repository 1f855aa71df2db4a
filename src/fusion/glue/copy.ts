/** Messages longer than this are copied by memory.copy; shorter ones inline, 16 bytes at a time. */
const INLINE_BYTES_MAX = 256;

/**
 * A function `$copy_<from>_<to> (dst, src, len)` between two memories. memory.copy is a call out of wasm in V8, dear for
 * the 40 bytes of a tag update, so short messages go in overlapping chunks: the last chunk ends where the message ends.
 */
export function copyFunction(from: string, to: string): string {
  const pair = (bytes: number, load: string, store: string): string => `
    (if (i32.ge_u (local.get $len) (i32.const ${bytes})) (then
      (${store} $${to} (local.get $dst) (${load} $${from} (local.get $src)))
      (${store} $${to} (i32.sub (i32.add (local.get $dst) (local.get $len)) (i32.const ${bytes}))
        (${load} $${from} (i32.sub (i32.add (local.get $src) (local.get $len)) (i32.const ${bytes}))))
      (return)))`;
  return `
(func $copy_${from}_${to} (param $dst i32) (param $src i32) (param $len i32)
  (local $left i32)
  (if (i32.gt_u (local.get $len) (i32.const ${INLINE_BYTES_MAX})) (then
    (memory.copy $${to} $${from} (local.get $dst) (local.get $src) (local.get $len))
    (return)))
  (if (i32.ge_u (local.get $len) (i32.const 16)) (then
    (v128.store $${to} (i32.sub (i32.add (local.get $dst) (local.get $len)) (i32.const 16))
      (v128.load $${from} (i32.sub (i32.add (local.get $src) (local.get $len)) (i32.const 16))))
    (local.set $left (i32.sub (local.get $len) (i32.const 16)))
    (loop $more
      (if (i32.gt_s (local.get $left) (i32.const 0)) (then
        (v128.store $${to} (local.get $dst) (v128.load $${from} (local.get $src)))
        (local.set $dst (i32.add (local.get $dst) (i32.const 16)))
        (local.set $src (i32.add (local.get $src) (i32.const 16)))
        (local.set $left (i32.sub (local.get $left) (i32.const 16)))
        (br $more))))
    (return)))
  ${pair(8, 'i64.load', 'i64.store')}
  ${pair(4, 'i32.load', 'i32.store')}
  (if (local.get $len) (then
    (i32.store8 $${to} (local.get $dst) (i32.load8_u $${from} (local.get $src)))
    (i32.store8 $${to} (i32.add (local.get $dst) (i32.shr_u (local.get $len) (i32.const 1)))
      (i32.load8_u $${from} (i32.add (local.get $src) (i32.shr_u (local.get $len) (i32.const 1)))))
    (i32.store8 $${to} (i32.sub (i32.add (local.get $dst) (local.get $len)) (i32.const 1))
      (i32.load8_u $${from} (i32.sub (i32.add (local.get $src) (local.get $len)) (i32.const 1)))))))`;
}
