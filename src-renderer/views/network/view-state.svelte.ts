/** How the network view shows the network; kept while other views are open. */
export type NetworkShape = 'graph' | 'list' | 'compare';

export class NetworkViewState {
  shape = $state<NetworkShape>('graph');
  /** What it is compared with: "saved/3" or "preset/mlp". */
  other = $state('');
  /** What stands beside it. */
  side = $state<'settings' | 'whatIf'>('settings');
}

export const networkView = new NetworkViewState();
