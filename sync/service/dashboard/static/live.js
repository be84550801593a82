// Keeps an open page up to date without loading it anew: asks for it now and then, by its version, and puts in what
// has changed. Focus, scroll and what is unfolded stay; a change is said once; nothing is asked while hidden.
"use strict";
(() => {
  const page = document.documentElement, live = document.getElementById("live");
  const every = 1000 * Number(page.dataset.every || 15), most = 120000;
  let version = page.dataset.version, failed = 0, timer = 0, known = new Date();
  const say = (text) => { if (live.textContent !== text) live.textContent = text; };
  const clock = (at) => at.toTimeString().slice(0, 5);

  const place = (section) => {
    const at = document.activeElement;
    if (!section.contains(at)) return null;
    const alike = (root) => [...root.querySelectorAll("a,button,summary,input")].filter((one) =>
      one.tagName === at.tagName && one.getAttribute("href") === at.getAttribute("href"));
    const nth = alike(section).indexOf(at);
    return (root) => { const found = alike(root)[nth]; if (found) found.focus({ preventScroll: true }); };
  };

  const put = (old, fresh) => {
    const open = [...old.querySelectorAll("details[open][id]")].map((one) => one.id), focus = place(old);
    const taken = document.importNode(fresh, true);
    for (const one of taken.querySelectorAll("details[id]")) one.open = open.includes(one.id);
    old.replaceWith(taken);
    if (focus) focus(taken);
  };

  const take = (text) => {
    const fresh = new DOMParser().parseFromString(text, "text/html");
    const main = document.getElementById("main"), next = fresh.getElementById("main");
    if (!next) return location.reload();
    const ids = (root) => [...root.children].map((one) => one.id).join(" "), top = scrollY;
    const before = main.querySelector("h1")?.textContent;
    if (ids(main) === ids(next)) {
      const shown = (one) => { const bare = one.cloneNode(true);
        for (const fold of bare.querySelectorAll("details")) fold.open = false; return bare.innerHTML; };
      [...main.children].forEach((old, at) => {
        if (shown(old) !== shown(next.children[at]) || old.className !== next.children[at].className) put(old, next.children[at]);
      });
    } else put(main, next);
    scrollTo(scrollX, top);
    document.title = fresh.title;
    version = fresh.documentElement.dataset.version;
    const headline = document.querySelector("#main h1")?.textContent || "";
    say(`Updated ${clock(known)}${headline !== before ? `. ${headline}` : ""}`);
  };

  const look = async () => {
    clearTimeout(timer);
    if (document.hidden) return;
    try {
      const answer = await fetch(location.href, { headers: { "If-None-Match": `"${version}"` }, cache: "no-store" });
      if (answer.status === 401 || answer.status === 403) say("Signed out: load this page again to sign in.");
      else if (answer.status !== 200 && answer.status !== 304) throw new Error(String(answer.status));
      else {
        if (page.classList.contains("lost")) say("Connected again");
        known = new Date(); failed = 0; page.classList.remove("lost");
        if (answer.status === 200) take(await answer.text());
      }
    } catch {
      failed += 1; page.classList.add("lost");
      say(`Connection lost: this is how it was at ${clock(known)}. Trying again.`);
    }
    timer = setTimeout(look, Math.min(every * 2 ** Math.min(failed, 5), most));
  };

  const again = document.querySelector("a.again");
  if (again) { // a link from elsewhere came without the cookie; from here it is sent
    if (!document.getElementById("wrong")) fetch(again.href, { method: "HEAD" }).then((one) => { if (one.ok) location.replace(again.href); }, () => {});
    return;
  }
  document.addEventListener("visibilitychange", look);
  addEventListener("online", look);
  timer = setTimeout(look, every);
})();
