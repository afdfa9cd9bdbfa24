/**
 * The cart-pole of Barto, Sutton & Anderson (Neuronlike adaptive elements that can solve difficult learning control problems, 1983), with
 * the constants and limits of Gymnasium's CartPole-v1: a reward of 1 a step, until the pole leans by more than 12°, the cart is 2.4 m off,
 * or 500 steps have passed.
 */
import { Random } from '../../statistics/random';
import { type Environment, type EnvironmentShape, type Transition } from './environment';

const GRAVITY = 9.8;
const POLE_MASS = 0.1;
const TOTAL_MASS = 1.1;
/** Half of the pole's length in metres. */
const HALF_LENGTH = 0.5;
/** Newtons. */
const FORCE = 10;
/** Seconds between two steps. */
const TAU = 0.02;
const ANGLE_LIMIT = (12 * Math.PI) / 180;
const POSITION_LIMIT = 2.4;
const STEP_LIMIT = 500;

export const CART_POLE: EnvironmentShape = {
  observations: ['position', 'velocity', 'angle', 'angular_velocity'],
  actions: ['left', 'right'],
};

export class CartPole implements Environment {
  readonly shape = CART_POLE;
  /** Position (m), velocity (m/s), angle (rad), angular velocity (rad/s). */
  private state: [number, number, number, number];
  private steps = 0;

  constructor(start: readonly [number, number, number, number] = [0, 0, 0, 0]) {
    this.state = [...start];
  }

  reset(seed: number): Promise<Float32Array> {
    const random = new Random(seed).fork('cart-pole');
    const draw = () => random.uniform(-0.05, 0.05);
    this.state = [draw(), draw(), draw(), draw()];
    this.steps = 0;
    return Promise.resolve(Float32Array.from(this.state));
  }

  /** One step of Euler's method. */
  step(action: number): Promise<Transition> {
    const [position, velocity, angle, spin] = this.state;
    const force = action === 1 ? FORCE : -FORCE;
    const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
    const pull = (force + POLE_MASS * HALF_LENGTH * spin * spin * sine) / TOTAL_MASS;
    const twist =
      (GRAVITY * sine - cosine * pull) / (HALF_LENGTH * (4 / 3 - (POLE_MASS * cosine * cosine) / TOTAL_MASS));
    const acceleration = pull - (POLE_MASS * HALF_LENGTH * twist * cosine) / TOTAL_MASS;
    this.state = [position + TAU * velocity, velocity + TAU * acceleration, angle + TAU * spin, spin + TAU * twist];
    this.steps++;
    const done = Math.abs(this.state[0]) > POSITION_LIMIT || Math.abs(this.state[2]) > ANGLE_LIMIT;
    return Promise.resolve({
      observation: Float32Array.from(this.state),
      reward: 1,
      done,
      truncated: !done && this.steps >= STEP_LIMIT,
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
