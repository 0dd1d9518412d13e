/* Three sounds that are told apart without looking: up for green, a bell for amber, low and long for red. */
(function (root) {
  "use strict";
  const Door = (root.Door = root.Door || {});
  const TUNES = { green: [[660, 0, 0.09], [880, 0.1, 0.16]], amber: [[988, 0, 0.14], [784, 0.16, 0.14], [988, 0.32, 0.24]], red: [[196, 0, 0.24], [165, 0.28, 0.42]] };
  let context = null;

  Door.sound = {
    on: true,
    /* Browsers let a page sound only after it has been touched. */
    wake() {
      const Audio = root.AudioContext || root.webkitAudioContext;
      if (!context && Audio) context = new Audio();
      if (context && context.state === "suspended") context.resume();
    },
    play(tone) {
      if (navigator.vibrate) navigator.vibrate(tone === "red" ? [200, 80, 200] : 60);
      if (!this.on || !context || context.state !== "running") return;
      for (const [pitch, after, long] of TUNES[tone] || []) {
        const begins = context.currentTime + after, voice = context.createOscillator(), loud = context.createGain();
        voice.type = tone === "red" ? "square" : "sine";
        voice.frequency.value = pitch;
        loud.gain.setValueAtTime(tone === "red" ? 0.12 : 0.28, begins);
        loud.gain.exponentialRampToValueAtTime(0.001, begins + long);
        voice.connect(loud).connect(context.destination);
        voice.start(begins);
        voice.stop(begins + long);
      }
    },
  };
})(self);
