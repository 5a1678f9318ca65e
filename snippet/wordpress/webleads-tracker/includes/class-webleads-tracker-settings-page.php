<?php
/**
 * The settings page, under Settings in WordPress's own administration.
 *
 * @package WebleadsTracker
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * Shows the form; what it sends is checked by Webleads_Tracker_Options.
 */
final class Webleads_Tracker_Settings_Page {

	const SLUG = 'webleads-tracker';

	/**
	 * The plugin's file as WordPress names it.
	 *
	 * @var string
	 */
	private $plugin;

	/**
	 * What the form shows, by option.
	 *
	 * @var array<string, mixed>
	 */
	private $shown = array();

	/**
	 * The options that were just refused.
	 *
	 * @var string[]
	 */
	private $refused = array();

	/**
	 * Keeps the plugin's name.
	 *
	 * @param string $plugin The plugin's file as WordPress names it.
	 */
	public function __construct( string $plugin ) {
		$this->plugin = $plugin;
	}

	/**
	 * Hooks the page into the administration.
	 */
	public function hook(): void {
		add_action( 'admin_menu', array( $this, 'add_page' ) );
		add_action( 'admin_init', array( $this, 'register' ) );
		add_filter( 'plugin_action_links_' . $this->plugin, array( $this, 'add_link' ) );
	}

	/**
	 * Adds the page to the menu.
	 */
	public function add_page(): void {
		add_options_page( 'webleads-tracker', 'webleads-tracker', 'manage_options', self::SLUG, array( $this, 'show' ) );
	}

	/**
	 * Adds a link to the page in the list of plugins.
	 *
	 * @param string[] $links The plugin's links so far.
	 * @return string[]
	 */
	public function add_link( array $links ): array {
		$address = admin_url( 'options-general.php?page=' . self::SLUG );
		array_unshift( $links, sprintf( '<a href="%s">%s</a>', esc_url( $address ), esc_html__( 'Settings', 'webleads-tracker' ) ) );
		return $links;
	}

	/**
	 * Registers the option and the form's fields.
	 */
	public function register(): void {
		register_setting(
			self::SLUG,
			Webleads_Tracker_Options::NAME,
			array(
				'type'              => 'array',
				'sanitize_callback' => array( Webleads_Tracker_Options::class, 'sanitize' ),
			)
		);
		add_settings_section( 'main', '', '__return_null', self::SLUG );
		foreach ( $this->fields() as $name => $field ) {
			add_settings_field( $name, $field[0], array( $this, 'show_' . $field[2] ), self::SLUG, 'main', array( $name, $field[1], 'label_for' => 'webleads-' . $name ) );
		}
	}

	/**
	 * The fields by option: label, explanation and kind.
	 *
	 * @return array<string, array{string, string, string}>
	 */
	private function fields(): array {
		return array(
			'server'        => array( __( 'URL of your server', 'webleads-tracker' ), __( 'Where your webleads-tracker answers, such as https://stats.example.com. Nothing is loaded until you enter it.', 'webleads-tracker' ), 'text' ),
			'domain'        => array( __( 'Site', 'webleads-tracker' ), __( 'The site’s name in webleads-tracker; several, separated by commas, each count the page.', 'webleads-tracker' ), 'text' ),
			'count_editors' => array( __( 'Count editors', 'webleads-tracker' ), __( 'Also count signed-in users who can write here.', 'webleads-tracker' ), 'switch' ),
			'noscript'      => array( __( 'Visitors without JavaScript', 'webleads-tracker' ), __( 'Count them with a one-pixel image.', 'webleads-tracker' ), 'switch' ),
			'consent'       => array( __( 'Consent manager', 'webleads-tracker' ), __( 'Visitors who give consent in its banner can be recognised on later visits, and may say which company they are from. Without a consent manager, nothing is stored in any visitor’s browser.', 'webleads-tracker' ), 'choice' ),
			'script'        => array( __( 'Path of the script', 'webleads-tracker' ), __( 'Change it only if you serve the script under another path.', 'webleads-tracker' ), 'text' ),
			'event'         => array( __( 'Path for events', 'webleads-tracker' ), __( 'Leave it empty unless events go to another path.', 'webleads-tracker' ), 'text' ),
			'image'         => array( __( 'Path of the image', 'webleads-tracker' ), __( 'For AMP pages and visitors without JavaScript. Change it only if you serve the image under another path.', 'webleads-tracker' ), 'text' ),
		);
	}

	/**
	 * One line of text.
	 *
	 * @param array<int|string, string> $field Name and explanation.
	 */
	public function show_text( array $field ): void {
		list( $name, $says ) = $field;
		printf(
			'<input type="text" class="regular-text" id="webleads-%1$s" name="%2$s[%1$s]" value="%3$s" aria-describedby="webleads-%1$s-help"%4$s><p class="description" id="webleads-%1$s-help">%5$s</p>',
			esc_attr( $name ),
			esc_attr( Webleads_Tracker_Options::NAME ),
			esc_attr( $this->shown[ $name ] ),
			in_array( $name, $this->refused, true ) ? ' aria-invalid="true"' : '',
			esc_html( $says )
		);
	}

	/**
	 * A switch.
	 *
	 * @param array<int|string, string> $field Name and explanation.
	 */
	public function show_switch( array $field ): void {
		list( $name, $says ) = $field;
		printf(
			'<label><input type="checkbox" id="webleads-%1$s" name="%2$s[%1$s]" value="1"%3$s> %4$s</label>',
			esc_attr( $name ),
			esc_attr( Webleads_Tracker_Options::NAME ),
			checked( $this->shown[ $name ], true, false ),
			esc_html( $says )
		);
	}

	/**
	 * A choice between the consent managers, or none.
	 *
	 * @param array<int|string, string> $field Name and explanation.
	 */
	public function show_choice( array $field ): void {
		list( $name, $says ) = $field;
		printf( '<select id="webleads-%1$s" name="%2$s[%1$s]">', esc_attr( $name ), esc_attr( Webleads_Tracker_Options::NAME ) );
		printf( '<option value="">%s</option>', esc_html__( 'None', 'webleads-tracker' ) );
		foreach ( Webleads_Tracker_Options::CONSENT_MANAGERS as $manager ) {
			printf( '<option value="%1$s"%2$s>%1$s</option>', esc_attr( $manager ), selected( $this->shown[ $name ], $manager, false ) );
		}
		printf( '</select><p class="description">%s</p>', esc_html( $says ) );
	}

	/**
	 * The page.
	 */
	public function show(): void {
		if ( ! current_user_can( 'manage_options' ) ) {
			return;
		}
		$this->shown   = Webleads_Tracker_Options::take_shown();
		$this->refused = array_column( get_settings_errors( Webleads_Tracker_Options::NAME ), 'code' );
		echo '<div class="wrap"><h1>webleads-tracker</h1><form action="options.php" method="post">';
		settings_fields( self::SLUG );
		do_settings_sections( self::SLUG );
		submit_button();
		echo '</form></div>';
	}
}
