// Voila connects to the kernel when its scripts have run; here the socket is opened while they are loaded, and given to them then.
(() => {
  const { WebSocket } = window;
  const { baseUrl, kernelId } = JSON.parse(document.getElementById("jupyter-config-data").textContent);
  const session = crypto.getRandomValues(new Uint32Array(4)).join("-");
  const mine = (address) => String(address).replace(/(session_id=)[^&]*/, `$1${session}`);
  const address = new URL(`${baseUrl}api/kernels/${kernelId}/channels?session_id=${session}`, location.href);
  address.protocol = address.protocol.replace("http", "ws");
  let early = new WebSocket(address, ["v1.kernel.websocket.jupyter.org"]);

  // The server knows a page that connects again by its session, so later sockets have the same one.
  window.WebSocket = new Proxy(WebSocket, {
    construct(_, [wanted, protocols]) {
      const socket = early;
      early = null;
      if (socket?.url !== mine(wanted) || socket.readyState > WebSocket.OPEN) {
        socket?.close();
        return new WebSocket(mine(wanted), protocols);
      }
      if (socket.readyState === WebSocket.OPEN) setTimeout(() => socket.onopen(new Event("open")));
      return socket;
    },
  });
})();
