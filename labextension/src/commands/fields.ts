import { Dialog, showDialog } from '@jupyterlab/apputils';
import { Widget } from '@lumino/widgets';

/** One line that a person is asked to fill in. */
export interface IField {
  label: string;
  placeholder: string;
}

export interface IAsked {
  title: string;
  fields: readonly IField[];
  okLabel: string;
}

/** Ask for a few lines of text at once; null where the person would rather not. */
export async function askFields({ title, fields, okLabel }: IAsked): Promise<string[] | null> {
  const answer = await showDialog({
    title,
    body: new Fields(fields),
    buttons: [Dialog.cancelButton(), Dialog.okButton({ label: okLabel })],
    focusNodeSelector: 'input'
  });
  return answer.button.accept ? answer.value : null;
}

class Fields extends Widget implements Dialog.IBodyWidget<string[]> {
  constructor(fields: readonly IField[]) {
    super();
    this.addClass('jp-Lake-fields');
    this._inputs = fields.map(({ label, placeholder }) => {
      const line = document.createElement('label');
      const input = document.createElement('input');
      input.type = 'text';
      input.className = 'jp-mod-styled';
      input.placeholder = placeholder;
      line.append(label, input);
      this.node.append(line);
      return input;
    });
  }

  getValue(): string[] {
    return this._inputs.map(input => input.value.trim());
  }

  private readonly _inputs: readonly HTMLInputElement[];
}
