// Three sounds that can be told apart with one's back to the screen.

const TONES = { ok: [880], double: [660, 660], unknown: [220, 180] } as const;

let context: AudioContext | null = null;

export function sound(what: keyof typeof TONES): void {
  if (typeof AudioContext === "undefined") return;
  context ??= new AudioContext();
  const from = context.currentTime;
  TONES[what].forEach((pitch, n) => {
    const source = (context as AudioContext).createOscillator();
    const volume = (context as AudioContext).createGain();
    source.frequency.value = pitch;
    volume.gain.setValueAtTime(0.15, from + n * 0.16);
    volume.gain.exponentialRampToValueAtTime(0.001, from + n * 0.16 + 0.13);
    source.connect(volume).connect((context as AudioContext).destination);
    source.start(from + n * 0.16);
    source.stop(from + n * 0.16 + 0.14);
  });
}
