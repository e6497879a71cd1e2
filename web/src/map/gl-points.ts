/**
 * Draws points with WebGL2, all of them in each frame. It is used only where a probe shows that it is faster than writing pixels:
 * without a graphics card WebGL runs on the processor, and takes several times as long.
 */
import type { GridIndex } from "../math/grid-index.ts";
import { uniform } from "../math/random.ts";
import { yieldToBrowser } from "../model/queue.ts";
import { type Dots, type Target, visibleRuns } from "./raster.ts";

const PALETTE_WIDTH = 1024;
const OVERHEAD = 6; // milliseconds of a drawing that do not depend on the number of points, until the page learns that it is done
const PROBES = [20_000, 500_000]; // points, a few first, since WebGL on the processor is slow

const VERTEX = `#version 300 es
in vec2 place; in uint tint;
uniform vec4 view; uniform vec2 size; uniform float diameter; uniform uint first, colors;
uniform sampler2D palette;
flat out vec3 color;
void main() {
  uint index = tint - first;
  vec2 at = (place * view.xy + view.zw) / size * 2.0 - 1.0;
  gl_Position = tint >= first && index < colors ? vec4(at.x, -at.y, 0.0, 1.0) : vec4(2.0, 2.0, 2.0, 1.0);
  gl_PointSize = diameter + 1.0;
  color = texelFetch(palette, ivec2(index % ${PALETTE_WIDTH}u, index / ${PALETTE_WIDTH}u), 0).rgb;
}`;
const FRAGMENT = `#version 300 es
precision highp float;
uniform float diameter, opacity;
flat in vec3 color;
out vec4 pixel;
void main() {
  float distance = length(gl_PointCoord - 0.5) * (diameter + 1.0);
  float alpha = opacity * clamp(0.5 * diameter + 0.5 - distance, 0.0, 1.0);
  pixel = vec4(color * alpha, alpha);
}`;

export interface GlPoints {
  canvas: HTMLCanvasElement;
  /** Whether the browser has taken the graphics card away. */
  lost(): boolean;
  /** Draw all points; `tints` are their colors in the order of the index. */
  draw(index: GridIndex, tints: Uint16Array, dots: Pick<Dots, "palette" | "faded">, target: Omit<Target, "pixels">, radius: number, opacity: number): void;
}

/** Return null if the browser has no WebGL2, or, with `hardware`, only one without a graphics card. */
export function makeGlPoints(canvas: HTMLCanvasElement, hardware = true): GlPoints | null {
  const gl = canvas.getContext("webgl2", { alpha: true, antialias: false, depth: false, failIfMajorPerformanceCaveat: hardware });
  const program = gl && compile(gl);
  if (!gl || !program) return null;
  gl.useProgram(program);
  gl.enable(gl.BLEND);
  gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
  const at = (name: string): WebGLUniformLocation | null => gl.getUniformLocation(program, name);
  const [coordinates, colours] = [gl.createBuffer(), gl.createBuffer()];
  const held: { coords?: Float32Array; tints?: Uint16Array; palette?: Dots["palette"] } = {}; // on the graphics card

  function upload(coords: Float32Array, tints: Uint16Array, palette: Dots["palette"]): void {
    if (!gl || !program) return;
    if (held.coords !== coords) {
      gl.bindBuffer(gl.ARRAY_BUFFER, coordinates);
      gl.bufferData(gl.ARRAY_BUFFER, coords, gl.STATIC_DRAW);
      const place = gl.getAttribLocation(program, "place");
      gl.enableVertexAttribArray(place);
      gl.vertexAttribPointer(place, 2, gl.FLOAT, false, 0, 0);
    }
    if (held.tints !== tints) {
      gl.bindBuffer(gl.ARRAY_BUFFER, colours);
      gl.bufferData(gl.ARRAY_BUFFER, tints, gl.STATIC_DRAW);
      const tint = gl.getAttribLocation(program, "tint");
      gl.enableVertexAttribArray(tint);
      gl.vertexAttribIPointer(tint, 1, gl.UNSIGNED_SHORT, 0, 0);
    }
    if (held.palette !== palette) {
      const rows = Math.ceil(palette.length / PALETTE_WIDTH);
      const texels = new Uint8Array(4 * PALETTE_WIDTH * rows).fill(255);
      palette.forEach((rgb, k) => texels.set(rgb, 4 * k));
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, PALETTE_WIDTH, rows, 0, gl.RGBA, gl.UNSIGNED_BYTE, texels);
      for (const filter of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, filter, gl.NEAREST);
    }
    Object.assign(held, { coords, tints, palette });
  }

  return {
    canvas,
    lost: () => gl.isContextLost(),
    draw(index, tints, { palette, faded }, target, radius, opacity) {
      const { width, height, kx, ky, tx, ty } = target;
      if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
      upload(index.coords, tints, palette);
      gl.viewport(0, 0, width, height);
      gl.clearColor(0, 0, 0, 0);
      gl.clear(gl.COLOR_BUFFER_BIT);
      gl.uniform4f(at("view"), kx, ky, tx, ty);
      gl.uniform2f(at("size"), width, height);
      gl.uniform1ui(at("colors"), palette.length);
      for (const pass of faded ? [1, 0] : [0]) { // the faded points below
        gl.uniform1ui(at("first"), pass * palette.length);
        gl.uniform1f(at("diameter"), 2 * (pass ? Math.max(0.8, 0.75 * radius) : radius));
        gl.uniform1f(at("opacity"), pass ? 0.22 * opacity : opacity);
        for (const [from, to] of visibleRuns(index, target)) gl.drawArrays(gl.POINTS, from, to - from);
      }
    },
  };
}

function compile(gl: WebGL2RenderingContext): WebGLProgram | null {
  const program = gl.createProgram();
  for (const [kind, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]] as const) {
    const shader = gl.createShader(kind)!;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  return gl.getProgramParameter(program, gl.LINK_STATUS) ? program : null;
}

/** Measure whether WebGL draws more than `speed` points in a millisecond, while the page goes on. */
export async function isFaster({ canvas, draw }: GlPoints, speed: number): Promise<boolean> {
  const gl = canvas.getContext("webgl2")!;
  const random = uniform(1);
  for (const count of PROBES) {
    const coords = Float32Array.from({ length: 2 * count }, random);
    const index: GridIndex = { order: new Int32Array(0), coords, starts: Int32Array.of(0, count), side: 1, column: () => 0, row: () => 0, near: () => -1 };
    const tints = new Uint16Array(count);
    const time = async (): Promise<number> => {
      const start = performance.now();
      draw(index, tints, { palette: [[1, 2, 3]], faded: false }, { width: 1000, height: 800, kx: 1000, ky: 800, tx: 0, ty: 0 }, 0.6, 0.8);
      const sync = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
      gl.flush();
      while (sync && !gl.isContextLost() && gl.clientWaitSync(sync, 0, 0) === gl.TIMEOUT_EXPIRED) await yieldToBrowser();
      return performance.now() - start;
    };
    await time(); // uploads the points
    if (await time() > OVERHEAD + count / speed) return false;
  }
  return !gl.isContextLost();
}
