/** Lets files and folders be dropped on an element, and shows while they may be. */
export function takeDrops(element: HTMLElement, take: (transfer: DataTransfer) => void): void {
  element.addEventListener("dragover", (event) => {
    event.preventDefault();
    element.dataset["over"] = "";
  });
  element.addEventListener("dragleave", () => delete element.dataset["over"]);
  element.addEventListener("drop", (event) => {
    event.preventDefault();
    delete element.dataset["over"];
    if (event.dataTransfer !== null) take(event.dataTransfer);
  });
}
