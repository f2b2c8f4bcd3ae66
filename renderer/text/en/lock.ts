export const lock = {
  title: "Open this station",
  body: "The station's keys are sealed with a passphrase. Nothing can be read or written before it is given.",
  newTitle: "Choose a passphrase",
  newBody:
    "This system has no key store that would do, so the station's keys are sealed with a passphrase. It is asked for at every start. Nobody can recover it: without it the keys are lost.",
  field: "Passphrase",
  again: "The same once more",
  hint: "At least 8 characters. Several words are easier to keep than signs.",
  tooShort: "At least 8 characters.",
  differs: "The two are not the same.",
  open: "Open the station",
  seal: "Seal the keys",
  opening: "Opening",
};
