/** How the network view shows the network; kept while other views are open. */
export type NetworkShape = 'graph' | 'list' | 'compare';

export class NetworkViewState {
  shape = $state<NetworkShape>('graph');
  /** What it is compared with: "saved/3" or "preset/mlp". */
  other = $state('');
  /** What stands beside it. */
  side = $state<'settings' | 'whatIf'>('settings');
  /** Names of the blocks that the graph draws as one node, by project and network. */
  #folded = $state.raw<ReadonlyMap<string, ReadonlySet<string>>>(new Map());

  /** undefined for a network that has not been shown yet. */
  folded(network: string): ReadonlySet<string> | undefined {
    return this.#folded.get(network);
  }
  fold(network: string, blocks: Iterable<string>): void {
    this.#folded = new Map(this.#folded).set(network, new Set(blocks));
  }
}

export const networkView = new NetworkViewState();
