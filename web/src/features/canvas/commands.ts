/** Everything that one can do on the canvas, once: keys, tools, menus and the list of shortcuts are made of this table. */
import { ALIGNMENTS, AXES } from '$lib/model/arrange.ts';
import * as act from './actions.ts';
import type { Board } from './board.svelte.ts';
import * as clipboard from './clipboard.ts';
import { view } from './view.svelte.ts';

export interface Command {
  /** Its name is the text `canvas:do_…`. */
  readonly name: CommandName;
  /** As `Mod+Shift+z`: Mod is Ctrl, on a Mac ⌘. The first is shown. */
  readonly keys: readonly string[];
  /** Its keys come as events of the browser, or are taken where the focus is. */
  readonly isElsewhere?: true;
  /** Also while the focus is outside the canvas. */
  readonly isEverywhere?: true;
  readonly may: (board: Board) => boolean;
  /** Of what can be on or off. */
  readonly isOn?: (board: Board) => boolean;
  readonly run: (board: Board) => void;
}
type Arrangement = `align_${(typeof ALIGNMENTS)[number]}` | `distribute_${(typeof AXES)[number]}`;
export type CommandName =
  | ('insert' | 'wire' | 'copy' | 'cut' | 'paste' | 'duplicate' | 'remove' | 'all' | 'undo' | 'redo' | 'group')
  | ('comment' | 'rename' | 'arrange' | 'snap' | 'minimap' | 'hand' | 'fit' | 'zoomIn' | 'zoomOut' | 'zoomFull')
  | ('help' | Arrangement);

const ZOOM_STEP = 1.25;
const always = (): boolean => true;
const editable = ({ editor }: Board): boolean => editor.editable;
const some = ({ chosen }: Board): boolean => chosen.size > 0;
const edited =
  (also: (board: Board) => boolean) =>
  (board: Board): boolean =>
    editable(board) && also(board);

const TABLE: readonly Command[] = [
  {
    name: 'insert',
    keys: ['/'],
    may: editable,
    run: board => {
      const { wire, pointer } = board;
      board.choice = { of: 'node', at: board.here, isLoose: pointer === null, ...(wire !== null && { wire }) };
    },
  },
  {
    name: 'wire',
    keys: ['w'],
    may: edited(({ editor }) => editor.nodes.size === 1),
    run: board => {
      const [node] = board.editor.nodes;
      const box = node === undefined ? undefined : board.boxes.get(node);
      if (node !== undefined && box)
        board.choice = { of: 'wire', node, at: board.toScreen({ x: box.x + box.width + 12, y: box.y }) };
    },
  },
  {
    name: 'undo',
    keys: ['Mod+z'],
    isEverywhere: true,
    may: edited(({ editor }) => editor.undoLabel !== null),
    run: ({ editor }) => editor.undo(),
  },
  {
    name: 'redo',
    keys: ['Mod+Shift+z', 'Mod+y'],
    isEverywhere: true,
    may: edited(({ editor }) => editor.redoLabel !== null),
    run: ({ editor }) => editor.redo(),
  },
  { name: 'cut', keys: ['Mod+x'], isElsewhere: true, may: edited(some), run: board => void clipboard.cut(board) },
  { name: 'copy', keys: ['Mod+c'], isElsewhere: true, may: some, run: board => void clipboard.copy(board) },
  { name: 'paste', keys: ['Mod+v'], isElsewhere: true, may: editable, run: board => void clipboard.paste(board) },
  { name: 'duplicate', keys: ['Mod+d'], may: edited(some), run: act.duplicate },
  {
    name: 'remove',
    keys: ['Delete', 'Backspace'],
    may: edited(board => some(board) || board.editor.wires.size > 0),
    run: act.remove,
  },
  { name: 'all', keys: ['Mod+a'], may: always, run: board => board.chooseAll() },
  { name: 'group', keys: ['g'], may: edited(some), run: act.group },
  { name: 'comment', keys: ['n'], may: editable, run: act.comment },
  {
    name: 'rename',
    keys: ['F2'],
    may: edited(({ frames, editor }) => frames.size === 1 && editor.nodes.size === 0),
    run: board => {
      board.writing = [...board.frames][0] ?? null;
    },
  },
  {
    name: 'arrange',
    keys: ['Shift+l'],
    may: edited(({ editor, isArranging }) => !isArranging && editor.document.nodes.length > 1),
    run: board => void act.arrange(board),
  },
  ...ALIGNMENTS.map(
    (how): Command => ({
      name: `align_${how}`,
      keys: [],
      may: edited(({ chosen }) => chosen.size > 1),
      run: board => act.alignChosen(board, how),
    }),
  ),
  ...AXES.map(
    (axis): Command => ({
      name: `distribute_${axis}`,
      keys: [],
      may: edited(({ chosen }) => chosen.size > 2),
      run: board => act.distributeChosen(board, axis),
    }),
  ),
  { name: 'snap', keys: ['s'], may: always, isOn: () => view.snap, run: () => view.toggle('snap') },
  { name: 'hand', keys: ['h'], may: always, isOn: () => view.hand, run: () => view.toggle('hand') },
  { name: 'minimap', keys: ['m'], may: always, isOn: () => view.minimap, run: () => view.toggle('minimap') },
  { name: 'fit', keys: ['f'], may: always, run: board => board.fit([...board.chosen]) },
  { name: 'zoomIn', keys: ['+', '='], may: always, run: board => board.zoomBy(ZOOM_STEP) },
  { name: 'zoomOut', keys: ['-'], may: always, run: board => board.zoomBy(1 / ZOOM_STEP) },
  { name: 'zoomFull', keys: ['0'], may: always, run: board => board.zoomBy(1 / board.zoom) },
  {
    name: 'help',
    keys: ['?'],
    may: always,
    run: board => {
      board.isHelpOpen = true;
    },
  },
];

export const COMMANDS: ReadonlyMap<CommandName, Command> = new Map(TABLE.map(one => [one.name, one]));
export const command = (name: CommandName): Command => COMMANDS.get(name)!;
