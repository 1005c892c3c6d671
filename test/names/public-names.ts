import { join } from 'node:path';
import ts from 'typescript';
import { packageFolders, ROOT, readManifest } from '../house/workspace';

/** What one door of a package (`@whodunit/core`, `@whodunit/core/http`) gives to its users. */
export interface Door {
  readonly specifier: string;
  readonly names: readonly string[];
  /** Names whose declaration has no doc comment. */
  readonly undocumented: readonly string[];
}

/** Words that the glossary retired, so that nobody meets a second name for one thing. */
const RETIRED =
  /^(transport|exporter|driver|provider|store|logger|trail|entry|record|target|subject|entity)(s)?$|^(entries|entities)$/;

/** Reads every door of every package from its sources. */
export function readDoors(): Door[] {
  const doors = packageFolders().flatMap(doorsOf);
  return readNames(doors, readOptions());
}

/** The names of given doors; the sources are compiled with these options. */
export function readNames(
  doors: readonly { readonly specifier: string; readonly file: string }[],
  options: ts.CompilerOptions,
): Door[] {
  const program = ts.createProgram(
    doors.map((door) => door.file),
    options,
  );
  const checker = program.getTypeChecker();
  return doors.map(({ specifier, file }) => {
    const source = program.getSourceFile(file);
    const module = source === undefined ? undefined : checker.getSymbolAtLocation(source);
    const symbols = module === undefined ? [] : checker.getExportsOfModule(module);
    const documented = (symbol: ts.Symbol) => isDocumented(originOf(symbol, checker), checker);
    return {
      specifier,
      names: symbols.map((symbol) => symbol.name).sort(),
      undocumented: symbols.filter((symbol) => !documented(symbol)).map((symbol) => symbol.name),
    };
  });
}

/** The retired words in a name: `auditLoggerOptions` has one. A verb in front is no noun: `recordDurable` has none. */
export function retiredWords(name: string): string[] {
  const words = name.split(/_|(?<=[a-z0-9])(?=[A-Z])/).map((word) => word.toLowerCase());
  const nouns = /^[a-z]/.test(name) && words[0] === 'record' ? words.slice(1) : words;
  return nouns.filter((word) => RETIRED.test(word));
}

function doorsOf(folder: string) {
  const { name, exports } = readManifest(folder);
  const keys = Object.keys(exports ?? {}).filter((key) => key !== './package.json');
  return keys.map((key) => ({
    specifier: `${name}${key.slice(1)}`,
    file: join(ROOT, folder, 'src', key === '.' ? 'index.ts' : `${key}/index.ts`),
  }));
}

function readOptions(): ts.CompilerOptions {
  const config = ts.getParsedCommandLineOfConfigFile(
    join(ROOT, 'tsconfig.json'),
    {},
    {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
        throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'));
      },
    },
  );
  return config?.options ?? {};
}

function originOf(symbol: ts.Symbol, checker: ts.TypeChecker): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

/** A name that comes from a library is documented there. */
function isDocumented(symbol: ts.Symbol, checker: ts.TypeChecker): boolean {
  const foreign =
    symbol.declarations?.some((node) => node.getSourceFile().fileName.includes('/node_modules/')) ?? false;
  return foreign || symbol.getDocumentationComment(checker).some((part) => part.text.trim() !== '');
}
