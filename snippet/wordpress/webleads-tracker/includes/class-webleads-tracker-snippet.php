<?php
/**
 * What visitors' pages get: the script in the head, and an image at the top of the body for visitors without JavaScript.
 * AMP allows neither; its pages get its own image instead.
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
	 * Whether the image of this AMP page is printed.
	 *
	 * @var bool
	 */
	private $has_amp_image = false;

	/**
	 * Hooks the snippet into the theme's pages. Themes without `wp_body_open` (older than WordPress 5.2) get no image.
	 */
	public function hook(): void {
		add_action( 'wp_head', array( $this, 'print_script' ), 1 );
		add_action( 'wp_body_open', array( $this, 'print_image' ) );
		add_action( 'wp_footer', array( $this, 'print_amp_image' ) );
		add_action( 'amp_post_template_footer', array( $this, 'print_amp_image' ) );
	}

	/**
	 * The script element. WordPress escapes its attributes and adds the nonce that a Content-Security-Policy may ask for.
	 */
	public function print_script(): void {
		if ( $this->is_amp() || ! $this->is_counted() ) {
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
	 * The image for visitors without JavaScript. It names the page itself, since browsers send only a host. It has no
	 * style of its own, which a strict policy of the site would forbid.
	 */
	public function print_image(): void {
		$options = Webleads_Tracker_Options::get();
		if ( ! $options['noscript'] || $this->is_amp() || ! $this->is_counted() ) {
			return;
		}
		echo '<noscript>';
		foreach ( is_404() ? array( '', '404' ) : array( '' ) as $event ) {
			$query = array_filter(
				array(
					'd' => $options['domain'],
					'u' => $this->address(),
					't' => html_entity_decode( wp_get_document_title(), ENT_QUOTES, 'UTF-8' ),
					'n' => $event,
				),
				'strlen'
			);
			printf(
				'<img src="%s" alt="" width="1" height="1" hidden>',
				esc_url( $options['server'] . $options['image'] . '?' . http_build_query( $query ) )
			);
		}
		echo "</noscript>\n";
	}

	/**
	 * The image of an AMP page, which runs no script of ours: AMP itself puts page, title and referrer into its URL.
	 */
	public function print_amp_image(): void {
		if ( $this->has_amp_image || ! $this->is_amp() || ! $this->is_counted() ) {
			return;
		}
		$this->has_amp_image = true;

		$options  = Webleads_Tracker_Options::get();
		$campaign = array();
		foreach ( array( 'utm_source', 'utm_medium', 'utm_campaign' ) as $name ) {
			$campaign[] = rawurlencode( $name . '=' ) . 'QUERY_PARAM(' . $name . ')';
		}
		$parts = array(
			'd=' . rawurlencode( $options['domain'] ),
			'u=CANONICAL_URL' . rawurlencode( '?' ) . implode( rawurlencode( '&' ), $campaign ),
			't=TITLE',
			'r=DOCUMENT_REFERRER',
			'w=SCREEN_WIDTH',
			'l=BROWSER_LANGUAGE',
		);
		foreach ( is_404() ? array( '', '&n=404' ) : array( '' ) as $event ) {
			printf(
				'<amp-pixel src="%s" layout="nodisplay"></amp-pixel>' . "\n",
				esc_url( $options['server'] . $options['image'] . '?' . implode( '&', $parts ) . $event )
			);
		}
	}

	/**
	 * Whether this is an AMP page, by the AMP plugin's word.
	 */
	private function is_amp(): bool {
		if ( function_exists( 'amp_is_request' ) ) {
			return amp_is_request();
		}
		return function_exists( 'is_amp_endpoint' ) && is_amp_endpoint();
	}

	/**
	 * Whether this page view is to be counted: there is a server, a visitor looks, and the visitor does not write here.
	 *
	 * Whoever has just commented is shown the page again, under a URL with the secret of their comment. That is no new
	 * page view, and the secret stays here.
	 */
	private function is_counted(): bool {
		$options = Webleads_Tracker_Options::get();
		if ( '' === $options['server'] || is_preview() || is_customize_preview() || isset( $_GET['moderation-hash'] ) ) { // phpcs:ignore WordPress.Security.NonceVerification.Recommended -- nothing is done with it.
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
