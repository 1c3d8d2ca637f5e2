// Escape hides an explanation that is shown on hover or focus, until the pointer or the focus has left it.

addEventListener("keydown", ({ key }) => {
  if (key !== "Escape") return
  for (const shown of document.querySelectorAll(":is(.kb-term, .kb-fact):is(:hover, :focus, :focus-within)")) {
    shown.classList.add("kb-quiet")
    for (const left of ["pointerleave", "focusout"]) {
      shown.addEventListener(left, () => shown.classList.remove("kb-quiet"), { once: true })
    }
  }
})
