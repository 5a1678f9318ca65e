<?php
/**
 * What readers' pages get: the script in the head, and an image at the top of the body for readers without JavaScript.
 *
 * @package WebleadsTracker
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * Prints the snippet where it belongs, and nowhere else.
 */
final class Webleads_Tracker_Snippet {

	/**
	 * Hooks the snippet into the theme's pages. Themes without `wp_body_open` (older than WordPress 5.2) get no image.
	 */
	public function hook(): void {
		add_action( 'wp_head', array( $this, 'print_script' ), 1 );
		add_action( 'wp_body_open', array( $this, 'print_image' ) );
	}

	/**
	 * The script element. WordPress escapes its attributes and adds the nonce that a Content-Security-Policy may ask for.
	 */
	public function print_script(): void {
		if ( ! $this->is_counted() ) {
			return;
		}
		$options = Webleads_Tracker_Options::get();
		if ( '' !== $options['consent'] ) {
			$this->print_leads_module( $options );
		}
		$attributes = array(
			'id'          => 'webleads-tracker',
			'defer'       => true,
			'data-domain' => $options['domain'],
			'src'         => $options['server'] . $options['script'],
		);
		if ( '' !== $options['event'] ) {
			$attributes['data-api'] = $options['server'] . $options['event'];
		}
		if ( is_404() ) {
			$attributes['data-404'] = true;
		}
		/**
		 * Filters the attributes of the script element, for what the settings page does not offer.
		 *
		 * @param array<string, string|bool> $attributes Attributes by name; true stands for one without a value.
		 */
		wp_print_script_tag( apply_filters( 'webleads_tracker_attributes', $attributes ) );
	}

	/**
	 * The leads module: recognises readers who agreed to it in the site's consent banner, and does nothing before.
	 *
	 * @param array{server: string, script: string, consent: string} $options The plugin's options.
	 */
	private function print_leads_module( array $options ): void {
		wp_print_script_tag(
			array(
				'id'           => 'webleads-tracker-leads',
				'defer'        => true,
				'data-consent' => $options['consent'],
				'src'          => $options['server'] . preg_replace( '/\.js$/', '', $options['script'] ) . '-leads.js',
			)
		);
	}

	/**
	 * The image for readers without JavaScript. It tells the page's address itself, since browsers send only a host.
	 */
	public function print_image(): void {
		$options = Webleads_Tracker_Options::get();
		if ( ! $options['noscript'] || ! $this->is_counted() ) {
			return;
		}
		$query = http_build_query(
			array(
				'd' => $options['domain'],
				'u' => $this->address(),
			)
		);
		printf(
			'<noscript><img src="%s" alt="" width="1" height="1" style="position:absolute;opacity:0"></noscript>' . "\n",
			esc_url( $options['server'] . '/pixel.gif?' . $query )
		);
	}

	/**
	 * Whether this page view is to be counted: there is a server, a reader looks, and the reader does not write here.
	 */
	private function is_counted(): bool {
		$options = Webleads_Tracker_Options::get();
		if ( '' === $options['server'] || is_preview() || is_customize_preview() ) {
			return false;
		}
		return $options['count_editors'] || ! current_user_can( 'edit_posts' );
	}

	/**
	 * The address of the page that is shown.
	 */
	private function address(): string {
		$path = isset( $_SERVER['REQUEST_URI'] ) ? esc_url_raw( wp_unslash( $_SERVER['REQUEST_URI'] ) ) : '/';
		$home = wp_parse_url( home_url() );
		$port = isset( $home['port'] ) ? ':' . $home['port'] : '';
		return $home['scheme'] . '://' . $home['host'] . $port . '/' . ltrim( $path, '/' );
	}
}
