// What is said in a guest's language: sentences from the node's catalogue, figures by the browser.
let words = { tag: "en-GB", words: {}, more: {} };

/**
 * Take up a language: {tag, words: {English: said, or [one, many]}, more, hours, fives, …}; `more`
 * are the files of what single scripts say besides.
 */
export function speak(language) {
  words = language;
}

/** Take up what a script says. */
export function learn(script, said) {
  Object.assign(words.words, said);
  delete words.more[script];
}

export const language = () => words;

const filled = (text, values) =>
  text.replace(/%\((\w+)\)s|%%/g, (whole, name) => (name ? values[name] : "%"));

/** A sentence with its %(named)s values. */
export function say(text, values = {}) {
  return filled(words.words[text] ?? text, values);
}

/** The same for a number, which is %(num)s. */
export function count(one, many, number, values = {}) {
  const [single, several] = words.words[one] ?? [one, many];
  return filled(number === 1 ? single : several, { num: figure(number), ...values });
}

/** A text that is said later, named here so that translators find it. */
export const marked = (text) => text;

export const figure = (number) => new Intl.NumberFormat(words.tag).format(number);

/** The reader's own way to write it, as far as it is of the language that is spoken. */
export function tagFor(wanted, spoken) {
  const code = (tag) => tag.split("-")[0];
  const found = wanted.find((tag) => spoken.some((one) => code(one) === code(tag)));
  return found ?? spoken[0];
}
