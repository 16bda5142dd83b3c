/** How the network view shows the network; kept while other views are open. */
export type NetworkShape = 'graph' | 'list' | 'compare';

export class NetworkViewState {
  shape = $state<NetworkShape>('graph');
  /** What stands beside it. */
  side = $state<'settings' | 'whatIf'>('settings');
}

export const networkView = new NetworkViewState();
