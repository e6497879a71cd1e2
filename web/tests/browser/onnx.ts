/** A minimal writer of ONNX files, so that the tests need no Python. */

type Field = [number, number | string | Uint8Array];

function varint(value: number): number[] {
  const bytes = [];
  for (let left = BigInt.asUintN(64, BigInt(value)); ; left >>= 7n) {
    if (left < 128n) return [...bytes, Number(left)];
    bytes.push(Number(left & 127n) | 128);
  }
}

function message(...fields: Field[]): Uint8Array {
  const parts = fields.map(([number, value]) => {
    if (typeof value === "number") return Uint8Array.from([...varint(number << 3), ...varint(value)]);
    const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value;
    return Buffer.concat([Uint8Array.from([...varint((number << 3) | 2), ...varint(bytes.length)]), bytes]);
  });
  return Buffer.concat(parts);
}

export function tensor(name: string, dims: number[], values: Float32Array | BigInt64Array): Uint8Array {
  const raw = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return message(...dims.map((dim): Field => [1, dim]), [2, values instanceof Float32Array ? 1 : 7], [8, name], [9, raw]);
}

export const node = (kind: string, inputs: string[], outputs: string[]): Uint8Array =>
  message(...inputs.map((name): Field => [1, name]), ...outputs.map((name): Field => [2, name]), [4, kind]);

export function value(name: string, shape: number[]): Uint8Array {
  const dims = shape.map((size): Field => [1, size < 0 ? message([2, "batch"]) : message([1, size])]);
  return message([1, name], [2, message([1, message([1, 1], [2, message(...dims)])])]);
}

export function model(nodes: Uint8Array[], initializers: Uint8Array[], inputs: Uint8Array[], outputs: Uint8Array[]): Uint8Array {
  const list = (number: number, all: Uint8Array[]): Field[] => all.map((part): Field => [number, part]);
  const graph = message(...list(1, nodes), [2, "synthetic"], ...list(5, initializers), ...list(11, inputs), ...list(12, outputs));
  return message([1, 8], [2, "zukan tests"], [7, graph], [8, message([1, ""], [2, 17])]);
}
