/* The camera: the browser's own reader of codes where it has one, jsQR elsewhere. */
(function (root) {
  "use strict";
  const Door = (root.Door = root.Door || {});
  const WIDE = 640, PAUSE = 120;
  let stream = null, running = false;

  async function reader() {
    if ("BarcodeDetector" in root) {
      try {
        if ((await root.BarcodeDetector.getSupportedFormats()).includes("qr_code")) {
          const own = new root.BarcodeDetector({ formats: ["qr_code"] });
          return async (video) => { const found = await own.detect(video); return found.length ? found[0].rawValue : ""; };
        }
      } catch (fault) { /* as if there were none */ }
    }
    const canvas = document.createElement("canvas");
    const paper = canvas.getContext("2d", { willReadFrequently: true });
    return async (video) => {
      const scale = Math.min(1, WIDE / video.videoWidth);
      canvas.width = Math.round(video.videoWidth * scale);
      canvas.height = Math.round(video.videoHeight * scale);
      paper.drawImage(video, 0, 0, canvas.width, canvas.height);
      const picture = paper.getImageData(0, 0, canvas.width, canvas.height);
      const found = root.jsQR && root.jsQR(picture.data, canvas.width, canvas.height, { inversionAttempts: "dontInvert" });
      return found ? found.data : "";
    };
  }

  Door.camera = {
    possible: Boolean(navigator.mediaDevices && navigator.mediaDevices.getUserMedia),
    /* Calls `seen` with every code until `stop`. Raises what the browser raises when it may not. */
    async start(video, seen) {
      stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: { facingMode: "environment", width: { ideal: 1280 } } });
      video.srcObject = stream;
      await video.play();
      const look = await reader();
      running = true;
      const again = async () => {
        if (!running) return;
        try {
          const text = video.readyState >= 2 && video.videoWidth ? await look(video) : "";
          if (text) seen(text);
        } catch (fault) { /* one bad frame */ }
        root.setTimeout(again, PAUSE);
      };
      again();
    },
    stop() {
      running = false;
      if (stream) stream.getTracks().forEach((track) => track.stop());
      stream = null;
    },
  };
})(self);
