/** `receptive scan --quality`: duplicates and poor images of a folder. */
import type { DecoderClient } from '../engine/images/decoder-client.ts';
import type { ScannedImage } from '../engine/images/scan.ts';
import type { Finding } from '../engine/quality/find.ts';
import { scanFiles } from '../engine/quality/scan-files.ts';
import { isInGroups } from '../engine/store/findings.ts';
import { findingKinds } from '../shared/image-query.ts';
import type { FindingKind } from '../shared/image-query.ts';
import { findingNames } from '../shared/labelling.ts';
import type { Output } from './output.ts';

export interface FolderFinding {
  kind: FindingKind;
  /** Paths relative to the folder. */
  images: string[];
  /** Of duplicates: which are duplicates of each other. */
  groups?: string[][];
}

/** Kinds without images are left out. */
export async function findInFolder(
  folder: string,
  decoder: DecoderClient,
  signal: AbortSignal,
  output: Output,
): Promise<{ found: ScannedImage[]; findings: FolderFinding[] }> {
  const { found, findings } = await scanFiles(folder, {
    decoder,
    signal,
    onRead: (done, total) => output.progress('Reading images', done, total),
    onCompared: (done, total) => output.progress('Looking for duplicates', done, total),
  });
  return { found, findings: byKind(findings, found) };
}

function byKind(findings: readonly Finding[], files: readonly ScannedImage[]): FolderFinding[] {
  const pathOf = ({ index }: Finding): string => files[index]!.path;
  return findingKinds.flatMap((kind): FolderFinding[] => {
    const found = ofKind(kind, findings, files);
    if (found.length === 0) return [];
    const images = found.map(pathOf);
    if (!isInGroups(kind)) return [{ kind, images }];
    return [{ kind, images, groups: groupsOf(found).map((group) => group.map(pathOf)) }];
  });
}

function ofKind(kind: FindingKind, findings: readonly Finding[], files: readonly ScannedImage[]): readonly Finding[] {
  if (kind === 'nearDuplicate') return withoutMereCopies(findings);
  if (kind === 'labelConflict') return copiesAtOdds(findings, files);
  return findings.filter((finding) => finding.kind === kind);
}

const groupsOf = (found: readonly Finding[]): Finding[][] => [...Map.groupBy(found, ({ value }) => value).values()];

/** Exact duplicates in folders of different classes; those in none contradict nobody. */
function copiesAtOdds(findings: readonly Finding[], files: readonly ScannedImage[]): Finding[] {
  const classOf = ({ index }: Finding): string | undefined => files[index]!.class;
  const labelled = findings.filter((finding) => finding.kind === 'exactDuplicate' && classOf(finding) !== undefined);
  return groupsOf(labelled).flatMap((group) => (new Set(group.map(classOf)).size > 1 ? group : []));
}

/** Near duplicates, without the groups that exact duplicates tell already. */
function withoutMereCopies(findings: readonly Finding[]): Finding[] {
  const copies = new Map(
    findings.flatMap(({ kind, index, value }) => (kind === 'exactDuplicate' ? [[index, value]] : [])),
  );
  const near = findings.filter(({ kind }) => kind === 'nearDuplicate');
  return groupsOf(near).flatMap((group) => {
    const [first, ...others] = group.map(({ index }) => copies.get(index));
    return first !== undefined && others.every((other) => other === first) ? [] : group;
  });
}

/** One block a kind; duplicates of each other stand together, after a dash. `printable` makes a path fit a terminal. */
export function findingsReport(findings: readonly FolderFinding[], printable: (path: string) => string): string {
  if (findings.length === 0) return 'No duplicates and no poor images were found.';
  return findings
    .map(({ kind, images, groups }) => {
      const lines = (groups ?? images.map((path) => [path])).map((paths) =>
        paths.map((path, at) => `${groups && at === 0 ? '- ' : '  '}${printable(path)}`).join('\n'),
      );
      const inGroups = groups
        ? ` in ${groups.length.toLocaleString('en')} ${groups.length === 1 ? 'group' : 'groups'}`
        : '';
      return `${findingNames[kind]}: ${images.length.toLocaleString('en')}${inGroups}\n${lines.join('\n')}`;
    })
    .join('\n\n');
}
