"""Headless Chromium over the DevTools protocol, through a pair of pipes: no port, no package."""

import argparse
import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time


class Browser:
    """A browser of its own, with a profile of its own, that ends with the `with` block."""

    def __init__(self, program="chromium"):
        self.profile = tempfile.mkdtemp(prefix="latent-chromium-")
        to_browser, self.input = os.pipe()
        self.output, from_browser = os.pipe()

        def connect():
            # The protocol's descriptors are 3 and 4; the pipes may have these numbers already, so they move up first.
            ends = [os.dup2(end, 100 + index) for index, end in enumerate((to_browser, from_browser))]
            for index, end in enumerate(ends):
                os.dup2(end, 3 + index)

        self.process = subprocess.Popen(
            [program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--remote-debugging-pipe",
             f"--user-data-dir={self.profile}", "about:blank"],
            preexec_fn=connect, close_fds=False, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        os.close(to_browser)
        os.close(from_browser)
        self.buffer, self.number, self.events = b"", 0, []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            self.call("Browser.close")
        except (OSError, RuntimeError):
            self.process.kill()
        self.process.wait(20)
        shutil.rmtree(self.profile, ignore_errors=True)

    def call(self, method, session=None, timeout=120, **parameters):
        """A command's result. Events that come meanwhile are kept."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self.input, json.dumps(message).encode() + b"\0")
        end = time.monotonic() + timeout
        while True:
            answer = self.receive(end - time.monotonic())
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]
            self.events.append(answer)

    def receive(self, timeout):
        while b"\0" not in self.buffer:
            if not select.select([self.output], [], [], max(timeout, 0))[0]:
                raise RuntimeError("Chromium does not answer")
            read = os.read(self.output, 1 << 20)
            if not read:
                raise RuntimeError("Chromium has ended")
            self.buffer += read
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)


KEYS = {"ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40, "Enter": 13, "Home": 36, "End": 35, " ": 32,
        "Escape": 27, "+": 187, "-": 189, "0": 48, "n": 78, "p": 80}


class Page:
    """A page in a tab, used from outside."""

    def __init__(self, browser, address, width=1280, height=900):
        self.browser = browser
        target = browser.call("Target.createTarget", url="about:blank")["targetId"]
        self.target = target
        self.session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network", "DOM", "Accessibility"):
            self.call(f"{domain}.enable")
        self.resize(width, height)
        self.emulate("light")
        browser.events.clear()
        self.call("Page.navigate", url=address)
        self.wait("document.readyState === 'complete'")

    def call(self, method, **parameters):
        return self.browser.call(method, session=self.session, **parameters)

    def close(self):
        self.browser.call("Target.closeTarget", targetId=self.target)

    def resize(self, width, height, mobile=False):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=mobile)

    def evaluate(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise RuntimeError(f"{expression}: {result['exceptionDetails']['exception'].get('description')}")
        return result["result"].get("value")

    def wait(self, expression, seconds=120):
        end = time.monotonic() + seconds
        while not self.evaluate(expression):
            if time.monotonic() > end:
                raise RuntimeError(f"still not so after {seconds} s: {expression}")
            time.sleep(0.02)

    def press(self, key, times=1):
        for _ in range(times):
            text = {"Enter": "\r", " ": " "}.get(key)
            down = {"type": "keyDown", "text": text} if text else {"type": "rawKeyDown"}
            self.call("Input.dispatchKeyEvent", key=key, code=key, windowsVirtualKeyCode=KEYS[key], **down)
            self.call("Input.dispatchKeyEvent", type="keyUp", key=key, code=key, windowsVirtualKeyCode=KEYS[key])

    def focus(self, selector):
        self.evaluate(f"document.querySelector({json.dumps(selector)}).focus()")

    def place(self, selector, x=0.5, y=0.5):
        """A place in an element, as fractions of it, in the window."""
        box = self.evaluate(
            f"(() => {{ const e = document.querySelector({json.dumps(selector)});"
            " e.scrollIntoView({ block: 'center', behavior: 'instant' }); const b = e.getBoundingClientRect();"
            " return [b.left, b.top, b.width, b.height] })()")
        return box[0] + x * box[2], box[1] + y * box[3]

    def mouse(self, kind, x, y, buttons=0):
        button = "left" if kind != "mouseMoved" else "none"
        self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button=button, buttons=buttons, clickCount=1)

    def click(self, selector, x=0.5, y=0.5):
        x, y = self.place(selector, x, y)
        self.mouse("mouseMoved", x, y)
        self.mouse("mousePressed", x, y, 1)
        self.mouse("mouseReleased", x, y)

    def drag(self, start, end, steps=8):
        self.mouse("mouseMoved", *start)
        self.mouse("mousePressed", *start, 1)
        for step in range(1, steps + 1):
            self.mouse("mouseMoved", *(a + (b - a) * step / steps for a, b in zip(start, end)), 1)
        self.mouse("mouseReleased", *end)

    def emulate(self, scheme):
        # Without motion: a page that still scrolls moves what is about to be clicked.
        media = {"prefers-color-scheme": scheme, "prefers-reduced-motion": "reduce"}
        self.call(
            "Emulation.setEmulatedMedia", features=[{"name": name, "value": value} for name, value in media.items()])

    def screenshot(self, path):
        data = self.call("Page.captureScreenshot", captureBeyondViewport=True)["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))

    def complaints(self):
        """What the console and the network have to say since the page was opened."""
        found = []
        for event in self.browser.events:
            name, parameters = event.get("method"), event.get("params", {})
            if name == "Runtime.exceptionThrown":
                found.append("exception: " + str(parameters["exceptionDetails"].get("exception", {}).get("description")))
            elif name == "Runtime.consoleAPICalled":
                found.append("console: " + str(parameters["args"]))
            elif name == "Log.entryAdded":
                found.append("log: " + parameters["entry"]["text"])
            elif name == "Network.requestWillBeSent":
                url = parameters["request"]["url"]
                if not url.startswith(("file:", "data:", "about:")):
                    found.append("network: " + url)
        return found

    def nameless(self):
        """Controls that have no accessible name."""
        roles = {"button", "slider", "combobox", "radio", "link", "application", "image", "img", "textbox", "checkbox"}
        nodes = self.call("Accessibility.getFullAXTree")["nodes"]
        controls = [node for node in nodes if not node.get("ignored") and node["role"]["value"] in roles]
        assert len(controls) > 2, "there are no controls"
        return [node["role"]["value"] for node in controls if not node.get("name", {}).get("value")]


def checked(check):
    """Runs a check of the page on the command line, and returns what was expected of it and what the check gave."""
    parser = argparse.ArgumentParser()
    parser.add_argument("page")
    parser.add_argument("expected")
    parser.add_argument("--screenshots")
    arguments = parser.parse_args()
    with open(arguments.expected) as file:
        expected = json.load(file)
    with Browser() as browser:
        return expected, check(browser, arguments.page, expected, arguments.screenshots)
