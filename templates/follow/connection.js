/* What the server says to followers: lists of messages, as JSON. */
(() => {
  "use strict";

  const { slideFrame, terminalPanel, stepList } = window.Live;
  const state = document.querySelector(".connection");
  const parts = [slideFrame, stepList, terminalPanel];

  const setTitle = ({ title }) => {
    if (title === undefined) return;
    document.title = title;
    document.querySelector("header h1").textContent = title;
  };

  const receive = (data) => {
    for (const message of JSON.parse(new TextDecoder().decode(data))) {
      setTitle(message);
      for (const part of parts) part[message.kind]?.(message);
    }
  };

  let wait = 500;
  const connect = () => {
    const socket = new WebSocket(`${location.protocol.replace("http", "ws")}//${location.host}/follow/socket`);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      wait = 500;
      state.textContent = "following";
      document.body.classList.add("connected");
    };
    socket.onmessage = ({ data }) => receive(data);
    socket.onclose = () => {
      state.textContent = "connecting";
      document.body.classList.remove("connected");
      // Not all followers at the same moment.
      setTimeout(connect, wait * (0.5 + Math.random()));
      wait = Math.min(8000, wait * 2);
    };
  };
  connect();
})();
