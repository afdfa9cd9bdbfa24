/**
 * Values kept with objects, hidden in them. For objects that live as long as one state of a text, instead of a WeakMap: when V8 collects what is young, it
 * keeps all that such a map holds, whether its key lives or not, and so every text between two keystrokes would grow old.
 */
export class Beside<Key extends object, Value> {
  private readonly place = Symbol('beside');

  get(key: Key): Value | undefined {
    return (key as { [place: symbol]: Value | undefined })[this.place];
  }

  set(key: Key, value: Value): void {
    Object.defineProperty(key, this.place, { value, writable: true });
  }
}
